-- One row per element. $1 bookings, $2 events, $3 from, $4 to, $5 by which type, $6 by whom, $7 now.
insert into carpool.booking_events
       (booking_id, event, from_status, to_status, by_type, by_id, occurred_at, created_at)
select h.booking_id, h.event, h.from_status, h.to_status, h.by_type, h.by_id, $7::timestamptz,
       $7::timestamptz
  from unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::text[], $6::uuid[])
       as h (booking_id, event, from_status, to_status, by_type, by_id)
