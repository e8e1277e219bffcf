#pragma once

// Every error code of the program, from which docs/errors.md is made.

#include <string>
#include <vector>

#include "platform/errors.hpp"

namespace taama::app {

// General codes first, then the modules', each once, by status and code.
std::vector<const ErrorCode*> all_error_codes();

std::string errors_markdown();

}  // namespace taama::app
