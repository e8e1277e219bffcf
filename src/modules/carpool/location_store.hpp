#pragma once

#include <unordered_map>

#include "modules/carpool/driver_track.hpp"
#include "platform/geo/lat_lon.hpp"

namespace taama::carpool {

// What decides who sends and who sees the driver's position.
struct LocationTrip {
    TripId trip_id;
    AccountId driver_id;
    UtcTime departure_time;
    UtcTime arrival_eta;
    std::optional<UtcTime> started_at;
    std::optional<UtcTime> ended_at;  // or cancelled
    // Of the viewer's paid or cash booking:
    std::optional<UtcTime> pickup_at;
    std::optional<LatLon> pickup_point;
    std::optional<UtcTime> boarded_at;
    std::optional<UtcTime> ride_ended_at;

    DriverTrip track() const {
        return {trip_id, departure_time, arrival_eta, started_at, ended_at};
    }
};
BOOST_DESCRIBE_STRUCT(LocationTrip, (),
                      (trip_id, driver_id, departure_time, arrival_eta, started_at, ended_at,
                       pickup_at, pickup_point, boarded_at, ride_ended_at))
Task<std::optional<LocationTrip>> find_location_trip(pg::Tx& tx, TripId id, Uuid viewer);
// The same for many, in their order.
struct LocationLook {
    TripId trip;
    Uuid viewer;
};
Task<std::vector<std::optional<LocationTrip>>> find_location_trips(pg::Db& db,
                                                                   std::vector<LocationLook> looks);

// All trips of the driver to which points of the day before `now` may belong.
Task<std::vector<DriverTrip>> find_driver_trips(pg::Tx& tx, AccountId driver, UtcTime now);
// The same for many.
using TripsByDriver = std::unordered_map<AccountId, std::vector<DriverTrip>>;
Task<TripsByDriver> find_driver_trips(pg::Db& db, const std::vector<AccountId>& drivers,
                                      UtcTime now);

// Notes how far the driver went on a trip that is over, by all his points up to now.
Task<void> measure_trip(pg::Tx& tx, TripId id);

}  // namespace taama::carpool
