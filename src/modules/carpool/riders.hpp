#pragma once

// A trip as its own driver sees it: with everybody who booked.

#include "modules/carpool/deps.hpp"
#include "modules/carpool/trip_view.hpp"
#include "platform/pg/tx.hpp"
#include "platform/task.hpp"

namespace taama::carpool {

// One statement for the passengers of all trips; the views in the order of the trips.
Task<std::vector<TripView>> views_for_driver(const Deps& deps, pg::Tx& tx,
                                             const std::vector<TripRecord>& trips, UtcTime now);
Task<TripView> view_for_driver(const Deps& deps, pg::Tx& tx, const TripRecord& trip, UtcTime now);
// On the shared lane.
Task<TripView> view_for_driver(const Deps& deps, const TripRecord& trip, UtcTime now);

}  // namespace taama::carpool
