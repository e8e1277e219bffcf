#pragma once

// From a route to the stops' offsets and times, and to the empty segments of a new trip.

#include <expected>
#include <span>

#include "modules/carpool/trip.hpp"
#include "platform/errors.hpp"

namespace taama::carpool {

struct PlannedStop {
    LatLon point;
    std::string label;
    bool pickup_allowed = true;
    bool dropoff_allowed = true;
    std::int32_t dwell_s = 0;
};

struct Schedule {
    UtcTime departure;
    std::optional<UtcTime> arrival;  // as the driver says; stop times are scaled to it
};

// `points` holds origin, declared stops and destination. arrive(i) = depart(i−1) + drive, depart(i)
// = arrive(i) + dwell; no dwell at the ends.
std::vector<Stop> plan_stops(std::span<const PlannedStop> points, const Route& route,
                             const Schedule& schedule);

std::vector<Segment> empty_segments(std::span<const Stop> stops, std::int32_t seats);

// Every stop lies farther along the road than the one before it.
bool moves_forward(std::span<const Stop> stops);

// A stop list that makes the way more than three times as long is in the wrong order.
bool in_travel_order(const Route& route, std::int64_t direct_m);

}  // namespace taama::carpool
