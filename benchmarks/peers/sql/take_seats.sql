-- $1 trip, $2 from m, $3 to m, $4 seats.
update carpool.trip_segments set seats_free = seats_free - $4::smallint
 where trip_id = $1 and from_m >= $2 and to_m <= $3
