#pragma once

// What a moved departure does to the bookings of a trip.

#include "modules/carpool/booking_steps.hpp"

namespace taama::carpool {

struct ShiftedBooking {
    BookingId id;
    AccountId passenger_id;
    UtcTime pickup_at;
    UtcTime dropoff_at;
    UtcTime booked_pickup_at;
};
BOOST_DESCRIBE_STRUCT(ShiftedBooking, (),
                      (id, passenger_id, pickup_at, dropoff_at, booked_pickup_at))

// The live bookings of a trip, locked.
Task<std::vector<ShiftedBooking>> lock_shifted(pg::Tx& tx, TripId trip);

struct BookingShift {
    TripId trip_id;
    Microseconds by;
    UtcTime free_until;  // cancelling costs nothing until then
    UtcTime now;
};
// Times move, tickets are issued anew.
void save_bookings_shifted(pg::Tx& tx, const BookingShift& shift);
void tell_shifted(pg::Tx& tx, const ShiftedBooking& booking, UtcTime now);

}  // namespace taama::carpool
