#pragma once

#include "platform/errors.hpp"

namespace taama::errors {

inline constexpr ErrorCode driver_busy{"driver_busy", Kind::conflict,
                                       "Le conducteur est déjà occupé à ce moment.",
                                       "The driver is busy at that time."};

inline constexpr const ErrorCode* drivers[] = {&driver_busy};

}  // namespace taama::errors
