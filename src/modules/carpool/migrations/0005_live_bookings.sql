-- The person first: his live bookings are few, and are looked at whenever he books.
create unique index bookings_one_live_of_person on carpool.bookings (passenger_id, trip_id)
    where status in ('pending', 'accepted', 'paid');
drop index carpool.bookings_one_live;
alter index carpool.bookings_one_live_of_person rename to bookings_one_live;
