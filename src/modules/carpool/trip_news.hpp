#pragma once

// What carpooling tells the other modules.

#include "modules/carpool/trip.hpp"
#include "platform/pg/tx.hpp"
#include "platform/task.hpp"

namespace taama::carpool {

// "trip.published" and the like; `more` joins the payload.
void tell_trip(pg::Tx& tx, std::string_view event, const Trip& trip, UtcTime now,
               boost::json::object more = {});

// A fact, told to this process after the commit: what a search may find of the trip is another than
// before. Detail: trip_id.
inline constexpr std::string_view trip_changed_fact = "trip.changed";
void tell_changed(pg::Tx& tx, TripId trip);
// The same of the open trips with this car, of which searches know the comfort.
Task<void> tell_trips_changed(pg::Tx& tx, VehicleId vehicle);

}  // namespace taama::carpool
