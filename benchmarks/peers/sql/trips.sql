-- Trips with all that their view shows. $1 ids, $2 viewer or null, $3 now.
select t.id, t.driver_id, t.vehicle_id, st_y(t.origin_point::geometry) as origin_lat,
       st_x(t.origin_point::geometry) as origin_lon, t.origin_text,
       st_y(t.destination_point::geometry) as destination_lat,
       st_x(t.destination_point::geometry) as destination_lon, t.destination_text,
       t.departure_time, t.arrival_eta, t.price_per_seat, t.currency, t.seats_offered,
       t.luggage_policy, t.rules, t.allow_auto_accept, t.cash_allowed, t.en_route, t.max_detour_min,
       t.solo_drive_s, t.drive_s, t.status, t.moderation, t.cancel_reason, t.published_at,
       t.started_at, t.ended_at, t.created_at, t.updated_at,
       r.polyline, r.source as route_source,
       p.first_name, p.last_initial, p.driver_rating_sum as rating_sum,
       p.driver_rating_count as rating_count, p.member_since, p.phone_verified, p.email_verified,
       p.identity_verified, p.driver_verified, coalesce(c.driven, 0) as trips_completed,
       v.kind, v.make, v.model, v.color, v.comfort_level, v.year, v.verified, v.plate_number,
       (select json_agg(x order by x."order") from (
            select s.id, s."order", s.kind, st_y(s.point::geometry) as lat,
                   st_x(s.point::geometry) as lon, s.label, s.pickup_allowed, s.dropoff_allowed,
                   s.arrive_at, s.depart_at, s.offset_m
              from carpool.trip_stops s where s.trip_id = t.id) x) as stops,
       (select json_agg(x order by x.from_m) from (
            select g.from_m, g.to_m, g.seats_free
              from carpool.trip_segments g where g.trip_id = t.id) x) as segments,
       (select coalesce(json_agg(x), '[]') from (
            select b.id as booking_id, b.seats, b.from_m, b.to_m
              from carpool.bookings b
             where b.trip_id = t.id and b.status = 'accepted' and b.seats_held
               and b.hold_expires_at <= $3) x) as lapsed,
       (select json_build_object('pending', count(*) filter (where b.status = 'pending'),
                                 'accepted', count(*) filter (where b.status = 'accepted'),
                                 'paid', count(*) filter (where b.status = 'paid'))
          from carpool.bookings b where b.trip_id = t.id) as counts,
       w.rides as viewer_rides, w.has_paid as viewer_has_paid,
       case when w.has_paid
            then (select a.phone from identity.account_facts a where a.id = t.driver_id)
       end as phone
  from carpool.trips t
  join carpool.routes r on r.id = t.route_id
  join identity.person_cards p on p.id = t.driver_id
  left join carpool.person_counts c on c.user_id = t.driver_id
  left join vehicles.cards v on v.id = t.vehicle_id
 cross join lateral (
    select coalesce(bool_or(b.cancel_reason is distinct from 'driver_rejected'), false) as rides,
           coalesce(bool_or(b.status in ('paid', 'completed')), false) as has_paid
      from carpool.bookings b
     where b.trip_id = t.id and b.passenger_id = $2::uuid) w
 where t.id = any($1::uuid[]) and t.deleted_at is null
