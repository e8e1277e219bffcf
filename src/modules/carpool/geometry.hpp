#pragma once

// Points and distances as carpooling counts them.

#include <cstdint>

#include "platform/geo/lat_lon.hpp"

namespace taama::carpool {

// Great-circle metres, rounded half up.
std::int64_t whole_metres(LatLon a, LatLon b);

// Cut to five decimals, about one metre: what a search is about, and what two equal routes share.
LatLon cut_to_5_decimals(LatLon point);

}  // namespace taama::carpool
