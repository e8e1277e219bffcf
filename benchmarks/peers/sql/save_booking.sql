-- The columns as booking.plan() names them.
insert into carpool.bookings
       (id, reference, trip_id, passenger_id, driver_id, seats, from_mode, to_mode, from_stop_id,
        to_stop_id, from_order, to_order, pickup_point, pickup_text, dropoff_point, dropoff_text,
        from_m, to_m, access_from_m, access_to_m, whole_trip, pickup_at, dropoff_at,
        booked_pickup_at, distance_m, duration_s, price_per_seat, subtotal, amount_total, currency,
        fee_schedule_id, status, request_expires_at, hold_expires_at, seats_held, note, accepted_at,
        created_at, updated_at)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, st_geogfromtext($13::text), $14,
        st_geogfromtext($15::text), $16, $17, $18, $19, $20, $21, $22, $23, $24, $25, $26, $27, $28,
        $29, $30, $31, $32, $33, $34, $35, $36, $37, $38, $39)
