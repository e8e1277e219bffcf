-- All bookings of a trip stand in one row. $1 trip.
select id from carpool.trips where id = $1 for no key update
