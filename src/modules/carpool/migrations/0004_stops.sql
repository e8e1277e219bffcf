-- (trip_id, "order") finds the stops of a trip as well; two indexes were two places to look.
drop index carpool.trip_stops_trip;
