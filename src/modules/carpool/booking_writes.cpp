#include "modules/carpool/booking_store.hpp"
#include "modules/carpool/trip_news.hpp"

namespace taama::carpool {

PG_STATEMENT constexpr pg::Sql save_new_booking_sql{"carpool.save_new_booking", R"sql(
    insert into carpool.bookings
           (id, reference, trip_id, passenger_id, driver_id, seats, from_mode, to_mode,
            from_stop_id, to_stop_id, from_order, to_order, pickup_point, pickup_text,
            dropoff_point, dropoff_text, from_m, to_m, access_from_m, access_to_m, whole_trip,
            pickup_at, dropoff_at, booked_pickup_at, distance_m, duration_s, price_per_seat,
            subtotal, discount, amount_total, currency, fee_schedule_id, status,
            request_expires_at, hold_expires_at, seats_held, note, accepted_at, paid_at,
            ticket_seq, code_sealed, created_at, updated_at)
    select id, reference, trip_id, passenger_id, driver_id, seats, from_mode, to_mode, from_stop_id,
           to_stop_id, from_order, to_order, pickup_point::geography, pickup_text,
           dropoff_point::geography, dropoff_text, from_m, to_m, access_from_m, access_to_m,
           whole_trip, pickup_at, dropoff_at, pickup_at, distance_m, duration_s, price_per_seat,
           subtotal, discount, amount_total, currency, fee_schedule_id, status,
           request_expires_at, hold_expires_at, seats_held, note, accepted_at, paid_at,
           ticket_seq, code_sealed, created_at, created_at
      from unnest($1::uuid[], $2::text[], $3::uuid[], $4::uuid[], $5::uuid[], $6::smallint[], $7::text[],
                  $8::text[], $9::uuid[], $10::uuid[], $11::smallint[], $12::smallint[],
                  $13::text[], $14::text[], $15::text[], $16::text[], $17::int[], $18::int[],
                  $19::int[], $20::int[], $21::bool[], $22::timestamptz[], $23::timestamptz[],
                  $24::int[], $25::int[], $26::bigint[], $27::bigint[], $28::bigint[],
                  $29::bigint[], $30::text[], $31::uuid[], $32::text[], $33::timestamptz[],
                  $34::timestamptz[], $35::bool[], $36::text[], $37::timestamptz[],
                  $38::timestamptz[], $39::smallint[], $40::bytea[], $41::timestamptz[])
           as b (id, reference, trip_id, passenger_id, driver_id, seats, from_mode, to_mode, from_stop_id,
                 to_stop_id, from_order, to_order, pickup_point, pickup_text, dropoff_point,
                 dropoff_text, from_m, to_m, access_from_m, access_to_m, whole_trip, pickup_at,
                 dropoff_at, distance_m, duration_s, price_per_seat, subtotal, discount,
                 amount_total, currency, fee_schedule_id, status, request_expires_at,
                 hold_expires_at, seats_held, note, accepted_at, paid_at, ticket_seq,
                 code_sealed, created_at))sql"};

void save_new_booking(pg::Tx& tx, const Booking& b) {
    tx.enqueue_row(save_new_booking_sql, b.id, b.reference, b.trip_id, b.passenger_id, b.driver_id,
                   b.seats, b.from_mode, b.to_mode, b.from_stop_id, b.to_stop_id, b.from_order,
                   b.to_order, b.pickup_point, b.pickup_text, b.dropoff_point, b.dropoff_text,
                   b.from_m, b.to_m, b.access_from_m, b.access_to_m, b.whole_trip, b.pickup_at,
                   b.dropoff_at, b.distance_m, b.duration_s, b.price_per_seat, b.subtotal,
                   b.discount, b.amount_total, b.currency, b.fee_schedule_id, b.status,
                   b.request_expires_at, b.hold_expires_at, b.seats_held, b.note, b.accepted_at,
                   b.paid_at, b.ticket_seq, b.code_sealed, b.created_at);
    if (b.seats_held) tell_changed(tx, b.trip_id);
}

PG_STATEMENT constexpr pg::Sql save_booking_sql{"carpool.save_booking", R"sql(
    update carpool.bookings
       set status = $2, hold_expires_at = $3, seats_held = $4, payment_method = $5,
           payment_id = $6, cash_due = $7, accepted_at = $8, paid_at = $9, checked_in_at = $10,
           started_at = $11, ended_at = $12, cancelled_at = $13, cancelled_by = $14,
           cancel_reason = $15, fee_amount = $16, pickup_at = $17, dropoff_at = $18,
           free_cancel_until = $19, ticket_seq = $20, code_sealed = $21, code_failures = $22,
           code_blocked_until = $23, version = version + 1, updated_at = $24
     where id = $1)sql"};

void save_booking(pg::Tx& tx, const Booking& b) {
    tx.enqueue_one(save_booking_sql, b.id, b.status, b.hold_expires_at, b.seats_held,
                   b.payment_method, b.payment_id, b.cash_due, b.accepted_at, b.paid_at,
                   b.checked_in_at, b.started_at, b.ended_at, b.cancelled_at, b.cancelled_by,
                   b.cancel_reason, b.fee_amount, b.pickup_at, b.dropoff_at, b.free_cancel_until,
                   b.ticket_seq, b.code_sealed, b.code_failures, b.code_blocked_until,
                   b.updated_at);
    tell_changed(tx, b.trip_id);
}

PG_STATEMENT constexpr pg::Sql save_lapsed_sql{"carpool.save_lapsed", R"sql(
    update carpool.bookings
       set seats_held = false, version = version + 1, updated_at = $2
     where id = $1 and status = 'accepted' and seats_held and hold_expires_at <= $2)sql"};

void save_lapsed(pg::Tx& tx, BookingId id, UtcTime now) {
    tx.enqueue_one(save_lapsed_sql, id, now);
}

PG_STATEMENT constexpr pg::Sql save_refunded_sql{"carpool.save_refunded", R"sql(
    update carpool.bookings
       set refunded_amount = $2, version = version + 1, updated_at = $3
     where id = $1)sql"};

void save_refunded(pg::Tx& tx, BookingId id, Money total, UtcTime now) {
    tx.enqueue_one(save_refunded_sql, id, total, now);
}

PG_STATEMENT constexpr pg::Sql save_code_failure_sql{"carpool.save_code_failure", R"sql(
    update carpool.bookings set code_failures = $2, code_blocked_until = $3 where id = $1)sql"};

void save_code_failure(pg::Tx& tx, BookingId id, std::int32_t failures,
                       std::optional<UtcTime> blocked_until) {
    tx.enqueue_one(save_code_failure_sql, id, failures, blocked_until);
}

PG_STATEMENT constexpr pg::Sql save_booking_history_sql{"carpool.save_booking_history", R"sql(
    insert into carpool.booking_events
           (booking_id, event, from_status, to_status, by_type, by_id, meta, occurred_at,
            created_at)
    select booking_id, event, from_status, to_status,
           case when by_id is null then 'system' else 'user' end, by_id, meta, occurred_at,
           created_at
      from unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::uuid[], $6::jsonb[],
                  $7::timestamptz[], $8::timestamptz[])
           as h (booking_id, event, from_status, to_status, by_id, meta, occurred_at, created_at)
    )sql"};

void save_booking_history(pg::Tx& tx, const BookingHistory& history, UtcTime now) {
    tx.enqueue_last(save_booking_history_sql, history.booking_id, history.event, history.from,
                    history.to, history.by, history.meta, history.occurred_at, now);
    tx.tell("booking.stepped", {{"event", history.event}});
}

PG_STATEMENT constexpr pg::Sql save_trip_done_sql{"carpool.save_trip_done", R"sql(
    insert into carpool.person_counts (user_id, driven, ridden)
    values ($1, $2, $3)
    on conflict (user_id) do update
       set driven = person_counts.driven + excluded.driven,
           ridden = person_counts.ridden + excluded.ridden)sql"};

void save_trip_done(pg::Tx& tx, const TripDone& done) {
    const int drove = done.role == PartyRole::driver ? 1 : 0;
    tx.enqueue(save_trip_done_sql, done.person, drove, 1 - drove);
}

PG_STATEMENT constexpr pg::Sql save_risk_flag_sql{"carpool.save_risk_flag", R"sql(
    insert into carpool.risk_flags
           (id, kind, user_id, trip_id, booking_id, details, created_at, updated_at)
    values ($1, $2, $3, $4, $5, $6, $7, $7))sql"};

void save_risk_flag(pg::Tx& tx, const RiskFlag& flag, UtcTime now) {
    tx.enqueue(save_risk_flag_sql, Uuid::make(), flag.kind, flag.user, flag.trip_id,
               flag.booking_id, flag.details, now);
}

}  // namespace taama::carpool
