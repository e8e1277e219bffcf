#pragma once

// How the module files says no.

#include "platform/errors.hpp"

namespace taama::errors {

inline constexpr ErrorCode file_rejected{"file_rejected", Kind::invalid, "Ce fichier est refusé.",
                                         "This file is refused."};

inline constexpr const ErrorCode* files[] = {&file_rejected};

}  // namespace taama::errors
