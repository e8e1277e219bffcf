-- A person's booking on a trip: the live one has bookings_one_live, those before it this. Whoever
-- watches the driver, and whoever books again, looks for his own; a trip's bookings are many.
create index bookings_past on carpool.bookings (passenger_id, trip_id)
    where status in ('cancelled', 'completed');
