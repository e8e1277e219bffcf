-- All bookings of a person stand in one row. $1 who.
insert into carpool.person_guards (user_id) values ($1)
on conflict (user_id) do update set user_id = excluded.user_id where false
