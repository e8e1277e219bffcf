-- The page of hits, best first. Its end is the peers' own: their drivers know no geography, and the envelope names things
-- otherwise than the program's rows.
-- $1 from, $2 to (EWKT), $3 radius in m, $4 and $5 days, $6 now, $7 seats, $8 least leg in m, $9 step and
-- $10 least of a leg's price, $11 and $12 price, $13 comfort, $14 and $15 minute, $16 offset from UTC in s,
-- $17 auto-accept, $18 cash, $19 not this driver, $20 least rating, $21 reference price per km,
-- $22 to $26 weights, $27 order, $28 direction, $29 limit, $30 offset.
-- from the program: carpool.find_hits, but for its last select
select h.trip_id, t.departure_time, t.arrival_eta, t.origin_text,
       st_y(t.origin_point::geometry) as origin_lat, st_x(t.origin_point::geometry) as origin_lon,
       t.destination_text, st_y(t.destination_point::geometry) as destination_lat,
       st_x(t.destination_point::geometry) as destination_lon, t.price_per_seat, t.currency,
       (select min(g.seats_free
                   + coalesce((select sum(l.seats) from lapsed l
                                where l.trip_id = g.trip_id and l.from_m < g.to_m
                                  and l.to_m > g.from_m), 0))::int
          from carpool.trip_segments g where g.trip_id = t.id) as seats_available,
       t.allow_auto_accept, t.cash_allowed, t.luggage_policy, t.rules,
       a.id as from_stop_id, a."order" as from_order, st_y(a.point::geometry) as from_lat,
       st_x(a.point::geometry) as from_lon, a.label as from_label, h.from_at, h.from_m,
       z.id as to_stop_id, z."order" as to_order, st_y(z.point::geometry) as to_lat,
       st_x(z.point::geometry) as to_lon, z.label as to_label, h.to_at, h.to_m, h.whole_trip,
       h.leg_price, h.seats_free, h.access_from_m, h.access_to_m, h.off_wanted_s, h.score_e8,
       t.driver_id, p.first_name, p.last_initial, p.driver_rating_sum as rating_sum,
       p.driver_rating_count as rating_count, p.member_since, p.phone_verified, p.email_verified,
       p.identity_verified, p.driver_verified, coalesce(c.driven, 0) as trips_completed,
       v.kind, v.make, v.model, v.color, v.comfort_level, v.year, v.verified, v.plate_number,
       h.total
  from page h
  join carpool.trips t on t.id = h.trip_id
  join carpool.trip_stops a on a.id = h.from_id
  join carpool.trip_stops z on z.id = h.to_id
  join identity.person_cards p on p.id = t.driver_id
  left join carpool.person_counts c on c.user_id = t.driver_id
  join vehicles.cards v on v.id = t.vehicle_id
 order by h.sort_key, case when $27 = 'rank' then h.from_at else h.departure_time end, h.trip_id
