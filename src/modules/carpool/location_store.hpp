#pragma once

#include "modules/carpool/ids.hpp"
#include "modules/drivers/drivers.hpp"

namespace taama::carpool {

// What decides who sends and who sees the driver's position.
struct LocationTrip {
    TripId trip_id;
    AccountId driver_id;
    UtcTime departure_time;
    UtcTime arrival_eta;
    std::optional<UtcTime> ended_at;       // or cancelled
    std::optional<UtcTime> pickup_at;      // of the viewer's paid or cash booking
    std::optional<UtcTime> ride_ended_at;  // of the same
};
BOOST_DESCRIBE_STRUCT(LocationTrip, (),
                      (trip_id, driver_id, departure_time, arrival_eta, ended_at, pickup_at,
                       ride_ended_at))
Task<std::optional<LocationTrip>> find_location_trip(pg::Tx& tx, TripId id, AccountId viewer);

}  // namespace taama::carpool
