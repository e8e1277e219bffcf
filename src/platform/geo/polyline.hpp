#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "platform/geo/lat_lon.hpp"

namespace taama {

// The encoded polyline algorithm with six decimals, as OSRM and Valhalla write it (polyline6).
std::string encode_polyline(std::span<const LatLon> points);
std::optional<std::vector<LatLon>> decode_polyline(std::string_view text);

}  // namespace taama
