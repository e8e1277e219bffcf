#pragma once

// How far somebody went, from what his phone told.

#include <boost/describe/class.hpp>

#include <cstdint>
#include <span>

#include "platform/geo/lat_lon.hpp"
#include "platform/time/time.hpp"

namespace taama::drivers {

struct TrackPoint {
    UtcTime at;
    LatLon point;
};
BOOST_DESCRIBE_STRUCT(TrackPoint, (), (at, point))

// Along the points, which are in the order of time. One that could only be reached at more than
// 45 m/s is left out; three of them that follow each other plausibly are where he now is: the way
// there adds nothing.
std::int32_t distance_along_m(std::span<const TrackPoint> points);

}  // namespace taama::drivers
