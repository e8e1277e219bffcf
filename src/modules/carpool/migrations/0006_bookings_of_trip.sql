-- With whose they are, not in which state: whoever watches, books or was refused looks for his own
-- among a trip's bookings, and a booking that changes its state stays where it is in this index.
create index bookings_of_trip on carpool.bookings (trip_id, passenger_id);
drop index carpool.bookings_trip;
alter index carpool.bookings_of_trip rename to bookings_trip;
