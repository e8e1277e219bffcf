-- Until when what a person is sent may have a reader: moved on like connected_until, never back, so
-- that it holds for all of his sockets when one of them closes.

alter table messaging.participants add column listened_until timestamptz;
