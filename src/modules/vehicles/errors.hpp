#pragma once

#include "platform/errors.hpp"

namespace taama::errors {

inline constexpr ErrorCode vehicle_unavailable{"vehicle_unavailable", Kind::conflict,
                                               "Le véhicule est déjà pris à ce moment.",
                                               "The vehicle is taken at that time."};

inline constexpr const ErrorCode* vehicles[] = {&vehicle_unavailable};

}  // namespace taama::errors
