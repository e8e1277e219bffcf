-- A search knows both ends: a stop where people get on carries the places where that trip lets them off
-- later, so that one index answers for the whole leg. Trips of one town to everywhere else no longer count.

alter table carpool.trip_stops add column ahead geography(Geometry, 4326);

update carpool.trip_stops s
   set ahead = (select st_collect(d.point::geometry)::geography
                  from carpool.trip_stops d
                 where d.trip_id = s.trip_id and d."order" > s."order" and d.dropoff_allowed);

drop index carpool.trip_stops_search;
create index trip_stops_search on carpool.trip_stops using gist (depart_day, point, ahead)
    where open and pickup_allowed;

-- The route's, beside what the price of a leg is made of.
alter table carpool.trips add column distance_m integer;
update carpool.trips t set distance_m = r.distance_m from carpool.routes r where r.id = t.route_id;
alter table carpool.trips alter column distance_m set not null;
