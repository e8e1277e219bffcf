#include "platform/geo/lat_lon.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace taama {

namespace {

constexpr double earth_radius_m = 6'371'008.7714;  // mean radius, IUGG
double radians(double degrees) { return degrees * std::numbers::pi / 180; }

}  // namespace

bool in_bounds(LatLon point) {
    return point.lat >= -90 && point.lat <= 90 && point.lon >= -180 && point.lon <= 180;
}

double distance_m(LatLon a, LatLon b) {
    const double lat = std::sin(radians(b.lat - a.lat) / 2);
    const double lon = std::sin(radians(b.lon - a.lon) / 2);
    const double h = lat * lat + std::cos(radians(a.lat)) * std::cos(radians(b.lat)) * lon * lon;
    return 2 * earth_radius_m * std::asin(std::sqrt(std::min(1.0, h)));
}

}  // namespace taama
