#pragma once

// A trip as it is stored: its own row, its stops, its segments with the seats that are free.

#include <boost/describe/class.hpp>
#include <boost/describe/enum.hpp>

#include <optional>
#include <string>
#include <vector>

#include "modules/carpool/ids.hpp"
#include "modules/carpool/routing.hpp"
#include "modules/carpool/trip_state.hpp"
#include "platform/geo/lat_lon.hpp"
#include "platform/money/money.hpp"
#include "platform/time/time.hpp"

namespace taama::carpool {

enum class EtaSource : std::uint8_t { routing, driver };
BOOST_DESCRIBE_ENUM(EtaSource, routing, driver)

enum class Moderation : std::uint8_t { visible, hidden };
BOOST_DESCRIBE_ENUM(Moderation, visible, hidden)

enum class StopKind : std::uint8_t { origin, declared, booking, destination };
BOOST_DESCRIBE_ENUM(StopKind, origin, declared, booking, destination)

struct Trip {
    TripId id;
    AccountId driver_id;
    std::optional<VehicleId> vehicle_id;
    LatLon origin_point;
    std::string origin_text;
    LatLon destination_point;
    std::string destination_text;
    UtcTime departure_time;
    UtcTime arrival_eta;
    EtaSource eta_source = EtaSource::routing;
    Date depart_day;
    std::int32_t seats_offered = 1;
    std::int64_t price_per_seat = 0;
    Currency currency = Currency::XOF;
    std::optional<std::string> luggage_policy;
    std::optional<std::string> rules;
    bool allow_auto_accept = false;
    bool cash_allowed = true;
    bool en_route = true;
    std::int32_t max_detour_min = 0;
    std::int32_t solo_drive_s = 0;
    std::int32_t drive_s = 0;
    TripStatus status = TripStatus::draft;
    Moderation moderation = Moderation::visible;
    std::optional<std::string> cancel_reason;
    std::optional<std::string> cancel_comment;
    std::optional<Actor> cancelled_by;
    std::optional<UtcTime> published_at;
    std::optional<UtcTime> started_at;
    std::optional<UtcTime> ended_at;
    std::optional<UtcTime> cancelled_at;
    std::optional<UtcTime> deleted_at;
    std::int32_t version = 1;
    UtcTime created_at;
    UtcTime updated_at;

    // Open to search and booking.
    bool is_open() const { return is_running(status) && moderation == Moderation::visible; }
    bool has_ended() const {
        return status == TripStatus::completed || status == TripStatus::cancelled;
    }
};
BOOST_DESCRIBE_STRUCT(Trip, (),
                      (id, driver_id, vehicle_id, origin_point, origin_text, destination_point,
                       destination_text, departure_time, arrival_eta, eta_source, depart_day,
                       seats_offered, price_per_seat, currency, luggage_policy, rules,
                       allow_auto_accept, cash_allowed, en_route, max_detour_min, solo_drive_s,
                       drive_s, status, moderation, cancel_reason, cancel_comment, cancelled_by,
                       published_at, started_at, ended_at, cancelled_at, deleted_at, version,
                       created_at, updated_at))

struct Stop {
    StopId id;
    std::int32_t order = 0;
    StopKind kind = StopKind::declared;
    LatLon point;
    std::string label;
    bool pickup_allowed = true;
    bool dropoff_allowed = true;
    std::int32_t offset_m = 0;
    UtcTime arrive_at;
    UtcTime depart_at;
    std::int32_t dwell_s = 0;
};
BOOST_DESCRIBE_STRUCT(Stop, (),
                      (id, order, kind, point, label, pickup_allowed, dropoff_allowed, offset_m,
                       arrive_at, depart_at, dwell_s))

// The road between two stops that follow each other, and the seats nobody holds on it.
struct Segment {
    std::int32_t from_m = 0;
    std::int32_t to_m = 0;
    std::int32_t seats_free = 0;
};
BOOST_DESCRIBE_STRUCT(Segment, (), (from_m, to_m, seats_free))

// Seats that an accepted booking keeps until a time.
struct Hold {
    BookingId booking_id;
    std::int32_t seats = 0;
    std::int32_t from_m = 0;
    std::int32_t to_m = 0;
    UtcTime expires_at;
};
BOOST_DESCRIBE_STRUCT(Hold, (), (booking_id, seats, from_m, to_m, expires_at))

// The road of a trip: the legs between its stops.
struct RoadFacts {
    std::int32_t distance_m = 0;
    std::string polyline;
    RouteSource source = RouteSource::estimate;
};
BOOST_DESCRIBE_STRUCT(RoadFacts, (), (distance_m, polyline, source))

struct Stretch {
    std::int32_t from_m;
    std::int32_t to_m;
};

// The least that is free on every segment of the stretch; lapsed holds count free.
std::int32_t seats_free_on(const std::vector<Segment>& segments, const std::vector<Hold>& holds,
                           Stretch stretch, UtcTime now);

}  // namespace taama::carpool
