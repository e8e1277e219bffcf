#pragma once

// Encoded polylines with six decimals, as OSRM and Valhalla write them (polyline6).

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "platform/geo/lat_lon.hpp"

namespace taama {

std::string encode_polyline(std::span<const LatLon> points);
// Empty for a damaged text, and for points out of bounds.
std::optional<std::vector<LatLon>> decode_polyline(std::string_view text);

}  // namespace taama
