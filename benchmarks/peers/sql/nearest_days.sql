-- Days around $4 that have hits, the nearest first. $1 from, $2 to (EWKT), $3 radius in m, $5 now, $6 seats,
-- $7 least leg in m, $8 not this driver.
select p.depart_day
  from carpool.trip_stops p
  join carpool.trip_stops d
    on d.trip_id = p.trip_id and d.offset_m >= p.offset_m + $7::int
   and d.open and d.dropoff_allowed and st_dwithin(d.point, st_geogfromtext($2::text), $3::float8, false)
  join carpool.trips t on t.id = p.trip_id
 where p.open and p.pickup_allowed and p.depart_day between $4::date - 7 and $4::date + 7
   and p.depart_at > $5::timestamptz and st_dwithin(p.point, st_geogfromtext($1::text), $3::float8, false)
   and st_dwithin(p.ahead, st_geogfromtext($2::text), $3::float8, false)
   and ($8::uuid is null or t.driver_id <> $8)
   and (select min(g.seats_free) from carpool.trip_segments g
         where g.trip_id = p.trip_id and g.from_m >= p.offset_m and g.to_m <= d.offset_m)
       >= $6::int
 group by p.depart_day
 order by abs(p.depart_day - $4::date), p.depart_day
 limit 3
