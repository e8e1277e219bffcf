#include "modules/carpool/trip_edits.hpp"

#include "modules/messaging/messaging.hpp"

namespace taama::carpool {

PG_STATEMENT constexpr pg::Sql lock_shifted_sql{"carpool.lock_shifted", R"sql(
    select id, passenger_id, pickup_at, dropoff_at, booked_pickup_at
      from carpool.bookings
     where trip_id = $1 and status in ('pending', 'accepted', 'paid')
     order by id
       for no key update)sql"};

Task<std::vector<ShiftedBooking>> lock_shifted(pg::Tx& tx, TripId trip) {
    const pg::Rows rows = co_await tx.query(lock_shifted_sql, trip);
    co_return rows.all<ShiftedBooking>();
}

PG_STATEMENT constexpr pg::Sql save_bookings_shifted_sql{"carpool.save_bookings_shifted", R"sql(
    update carpool.bookings
       set pickup_at = pickup_at + $2::bigint * interval '1 microsecond',
           dropoff_at = dropoff_at + $2::bigint * interval '1 microsecond',
           request_expires_at = least(request_expires_at,
                                      pickup_at + $2::bigint * interval '1 microsecond'),
           hold_expires_at = least(hold_expires_at,
                                   pickup_at + $2::bigint * interval '1 microsecond'),
           free_cancel_until = $3,
           ticket_seq = case when ticket_seq > 0 then ticket_seq + 1 else 0 end,
           version = version + 1, updated_at = $4
     where trip_id = $1 and status in ('pending', 'accepted', 'paid'))sql"};

void save_bookings_shifted(pg::Tx& tx, const BookingShift& shift) {
    tx.enqueue(save_bookings_shifted_sql, shift.trip_id, shift.by.count(), shift.free_until,
               shift.now);
}

void tell_shifted(pg::Tx& tx, const ShiftedBooking& booking, UtcTime now) {
    messaging::post_note(tx, {booking_subject, booking.id.uuid},
                         messaging::SystemNote::time_changed, now);
}

}  // namespace taama::carpool
