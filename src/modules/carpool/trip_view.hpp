#pragma once

// A trip as the API shows it.

#include "modules/carpool/leg_view.hpp"
#include "modules/carpool/trip_record.hpp"

namespace taama::carpool {

struct PointView {
    double lat = 0;
    double lon = 0;
    std::string text;
};
BOOST_DESCRIBE_STRUCT(PointView, (), (lat, lon, text))

struct StopView {
    StopId id;
    std::int32_t order = 0;
    StopKind kind = StopKind::declared;
    PointView point;
    std::string label;
    bool pickup_allowed = true;
    bool dropoff_allowed = true;
    UtcTime arrive_at;
    UtcTime depart_at;
    std::int32_t offset_m = 0;
    std::int32_t seats_free = 0;  // to the next stop; 0 at the destination
};
BOOST_DESCRIBE_STRUCT(StopView, (),
                      (id, order, kind, point, label, pickup_allowed, dropoff_allowed, arrive_at,
                       depart_at, offset_m, seats_free))

// A passenger as his driver sees him.
struct RiderView {
    BookingId booking_id;
    PersonCard person;
    std::int32_t seats = 1;
    LegView leg;
    BookingStatus status = BookingStatus::pending;
    Stage stage = Stage::requested;
};
BOOST_DESCRIBE_STRUCT(RiderView, (), (booking_id, person, seats, leg, status, stage))

struct TripView {
    TripId id;
    PersonCard driver;
    std::optional<vehicles::VehicleCard> vehicle;
    PointView origin;
    PointView destination;
    UtcTime departure_time;
    UtcTime arrival_eta;
    Money price_per_seat;
    Currency currency = Currency::XOF;
    std::int32_t seats_offered = 1;
    std::int32_t seats_available = 1;
    std::optional<std::string> luggage_policy;
    std::optional<std::string> rules;
    bool allow_auto_accept = false;
    bool cash_allowed = true;
    bool en_route = true;
    std::int32_t max_detour_min = 0;
    std::int32_t distance_m = 0;
    std::int32_t duration_s = 0;
    std::string polyline;
    RouteSource route_source = RouteSource::estimate;
    std::vector<StopView> stops;
    TripStatus status = TripStatus::draft;
    std::optional<Uuid> series_id;
    std::optional<UtcTime> published_at;
    std::optional<UtcTime> started_at;
    std::optional<UtcTime> ended_at;
    std::optional<std::string> cancel_reason;
    UtcTime created_at;
    UtcTime updated_at;
    // For the driver; null to others.
    std::optional<std::int32_t> detour_used_s;
    std::optional<BookingCounts> bookings_count;
    std::optional<std::vector<RiderView>> passengers;
};
BOOST_DESCRIBE_STRUCT(TripView, (),
                      (id, driver, vehicle, origin, destination, departure_time, arrival_eta,
                       price_per_seat, currency, seats_offered, seats_available, luggage_policy,
                       rules, allow_auto_accept, cash_allowed, en_route, max_detour_min, distance_m,
                       duration_s, polyline, route_source, stops, status, series_id, published_at,
                       started_at, ended_at, cancel_reason, created_at, updated_at, detour_used_s,
                       bookings_count, passengers))

enum class PlateShown : std::uint8_t { no, yes };
vehicles::VehicleCard to_card(const VehicleRow& vehicle, const files::Urls& urls, PlateShown plate);

std::vector<StopView> to_stop_views(const TripRecord& trip, UtcTime now);

struct TripViewer {
    std::optional<AccountId> id;
    UtcTime now;
    const files::Urls& urls;
};
TripView to_view(const TripRecord& trip, const TripViewer& viewer);

// Drafts are for their driver; ended and hidden trips for the driver and those who rode.
bool may_see(const TripRecord& trip, const std::optional<AccountId>& viewer);

}  // namespace taama::carpool
