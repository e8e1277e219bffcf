#pragma once

#include <string_view>

namespace taama::app {

std::string_view build_commit();  // short hash, or "unknown" outside a git checkout
std::string_view build_time();    // of the commit, ISO-8601 UTC

}  // namespace taama::app
