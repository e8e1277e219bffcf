-- Who booked on these trips, as their driver sees them. $1 trips.
select b.trip_id, b.id as booking_id, b.passenger_id, p.first_name, p.last_initial,
       p.passenger_rating_sum as rating_sum, p.passenger_rating_count as rating_count,
       p.member_since, p.phone_verified, p.email_verified, p.identity_verified, p.driver_verified,
       coalesce(c.ridden, 0) as trips_completed,
       case when b.paid_at is not null then a.phone end as phone,
       b.seats, b.from_stop_id, b.to_stop_id, b.from_order, b.to_order,
       st_y(b.pickup_point::geometry) as pickup_lat, st_x(b.pickup_point::geometry) as pickup_lon,
       b.pickup_text, st_y(b.dropoff_point::geometry) as dropoff_lat,
       st_x(b.dropoff_point::geometry) as dropoff_lon, b.dropoff_text, b.from_m, b.to_m,
       b.access_from_m, b.access_to_m, b.whole_trip, b.pickup_at, b.dropoff_at, b.price_per_seat,
       b.status, b.seats_held, b.hold_expires_at, b.checked_in_at, b.started_at
  from carpool.bookings b
  join identity.person_cards p on p.id = b.passenger_id
  join identity.account_facts a on a.id = b.passenger_id
  left join carpool.person_counts c on c.user_id = b.passenger_id
 where b.trip_id = any($1::uuid[]) and b.status <> 'cancelled'
 order by b.pickup_at, b.id
