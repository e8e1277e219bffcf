#include "modules/carpool/geometry.hpp"

#include <cmath>

namespace taama::carpool {

std::int64_t whole_metres(LatLon a, LatLon b) {
    return static_cast<std::int64_t>(std::floor(distance_m(a, b) + 0.5));
}

LatLon cut_to_5_decimals(LatLon point) {
    const auto cut = [](double degrees) { return std::trunc(degrees * 1e5) / 1e5; };
    return {cut(point.lat), cut(point.lon)};
}

}  // namespace taama::carpool
