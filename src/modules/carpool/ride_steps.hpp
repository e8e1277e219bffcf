#pragma once

// A trip begins with its first ride and ends with its last one.

#include "modules/carpool/booking_steps.hpp"
#include "modules/carpool/trip_store.hpp"

namespace taama::carpool {

// published → ongoing: the driver's duty begins, and who has not paid by this stop stays behind.
Task<void> begin_trip(const Deps& deps, pg::Tx& tx, Trip& trip, const Doer& doer,
                      UtcTime boarded_until);
// Everybody on board has arrived or the driver says so; those who never came are absent.
Task<void> finish_trip(const Deps& deps, pg::Tx& tx, Trip& trip, TripEvent event, const Doer& doer);
// Cancels all live bookings of a trip that goes away.
Task<void> cancel_bookings_of(const Deps& deps, pg::Tx& tx, TripId trip, std::string_view reason,
                              const Doer& doer);

Task<void> start(const Deps& deps, pg::Tx& tx, BookingRecord& booking, const Doer& doer);
Task<void> mark_absent(const Deps& deps, pg::Tx& tx, BookingRecord& booking, const Doer& doer);

}  // namespace taama::carpool
