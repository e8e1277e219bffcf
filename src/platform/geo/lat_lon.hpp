#pragma once

// Points on the earth (WGS84 degrees) and distances on the sphere.

#include <string>

namespace taama {

struct LatLon {
    double lat = 0;  // -90 .. 90
    double lon = 0;  // -180 .. 180

    bool operator==(const LatLon&) const = default;
};

bool in_bounds(LatLon point);

// Great-circle distance in metres: haversine on a sphere of radius 6,371,008.7714 m.
double distance_m(LatLon a, LatLon b);

}  // namespace taama
