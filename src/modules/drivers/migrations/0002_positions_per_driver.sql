-- A device's numbers count per driver: who guesses another's device id must not take its numbers.

alter table drivers.positions drop constraint positions_pkey;
alter table drivers.positions add primary key (driver_id, device_id, seq);
