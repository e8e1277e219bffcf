#pragma once

// The part of a trip that one passenger travels.

#include <boost/describe/enum.hpp>

#include <expected>
#include <optional>

#include "modules/carpool/leg_price.hpp"
#include "modules/carpool/trip.hpp"
#include "platform/errors.hpp"

namespace taama::carpool {

enum class PointMode : std::uint8_t { stop, door, route_point };
BOOST_DESCRIBE_ENUM(PointMode, stop, door, route_point)

// Where a passenger wants to get on or off: a stop by its id, or a place.
struct Place {
    LatLon point;
    std::string text;
};
struct WantedEnd {
    std::optional<StopId> stop;
    std::optional<Place> place;
};
struct WantedLeg {
    WantedEnd from;  // neither: the origin
    WantedEnd to;    // neither: the destination
    std::int64_t radius_m = 25'000;
    std::int64_t min_leg_m = 1000;
};

struct LegEnd {
    StopId stop_id;
    PointMode mode = PointMode::stop;
    std::int32_t order = 0;
    LatLon point;
    std::string text;
    UtcTime at;
    std::int32_t offset_m = 0;
    std::int32_t access_m = 0;
};

struct Leg {
    LegEnd from;
    LegEnd to;
    bool whole_trip = false;
    std::int64_t price_per_seat = 0;  // minor units

    std::int32_t distance_m() const { return to.offset_m - from.offset_m; }
    std::int32_t duration_s() const {
        return static_cast<std::int32_t>(
            std::chrono::duration_cast<Seconds>(to.at - from.at).count());
    }
    Stretch stretch() const { return {from.offset_m, to.offset_m}; }
};

struct TripRoad {
    const std::vector<Stop>& stops;
    std::int64_t price_per_seat;
    LegPriceTerms price_terms;
};

// Refusals: no_match {reason: too_far, wrong_order, no_pickup, no_dropoff, too_short}; a stop that
// is none of this trip's: not_found, for the caller to name the field. With places the closest
// stops are taken.
std::expected<Leg, Refusal> find_leg(const TripRoad& road, const WantedLeg& wanted);

}  // namespace taama::carpool
