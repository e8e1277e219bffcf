-- Until when what a person is sent may have a reader: moved on like connected_until, never back, so
-- that it holds for all of his sockets when one of them closes.

alter table messaging.participants add column listened_until timestamptz;

-- Nobody asks for all conversations of a person, but PostgreSQL took this way to find one of them:
-- through all that a driver ever had.
drop index messaging.participants_user;
