-- A driver's own trips, the latest departure first. $1 driver, $2 limit, $3 offset.
select id, count(*) over () as total
  from carpool.trips
 where driver_id = $1 and deleted_at is null
 order by departure_time desc, id
 limit $2 offset $3
