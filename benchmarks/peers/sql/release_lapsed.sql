-- Holds of a trip whose time is over give their seats back. $1 trip, $2 now.
with lapsed as (
    update carpool.bookings
       set seats_held = false, version = version + 1, updated_at = $2
     where trip_id = $1 and status = 'accepted' and seats_held and hold_expires_at <= $2
    returning id, seats, from_m, to_m
), freed as (
    update carpool.trip_segments g
       set seats_free = g.seats_free + f.seats
      from (select s.from_m, sum(l.seats)::smallint as seats
              from carpool.trip_segments s
              join lapsed l on s.from_m >= l.from_m and s.to_m <= l.to_m
             where s.trip_id = $1
             group by s.from_m) f
     where g.trip_id = $1 and g.from_m = f.from_m
), told as (
    insert into carpool.booking_events
           (booking_id, event, from_status, to_status, by_type, occurred_at, created_at)
    select id, 'lapse', 'accepted', 'accepted', 'system', $2, $2 from lapsed
)
insert into platform.outbox (id, name, payload, at, next_attempt_at)
select gen_random_uuid(), 'booking.hold_lapsed',
       jsonb_build_object('booking_id', id, 'trip_id', $1::uuid), $2, $2
  from lapsed
