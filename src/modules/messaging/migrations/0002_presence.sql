-- Until when somebody counts as connected: moved on while one of his sockets is open, on whichever
-- node.

alter table messaging.participants add column connected_until timestamptz;
