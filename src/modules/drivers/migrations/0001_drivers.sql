-- What a driver may do, what he is doing now, and where he was.

create table drivers.capabilities (
    driver_id    uuid not null,
    kind         text not null check (kind in ('carpool', 'ride', 'delivery', 'chauffeur')),
    status       text not null check (status in ('pending', 'approved', 'rejected', 'suspended')),
    services     text[] not null default '{}',
    submitted_at timestamptz not null,
    reviewed_by  uuid,
    reviewed_at  timestamptz,
    notes        text,
    primary key (driver_id, kind),
    check (status not in ('rejected', 'suspended') or notes is not null)
);

create table drivers.duties (
    id         uuid primary key,
    user_id    uuid not null,
    kind       text not null check (kind in ('ride', 'delivery', 'carpool')),
    ref_id     uuid not null,
    started_at timestamptz not null,
    ended_at   timestamptz check (ended_at >= started_at)
);

-- One exclusive duty in all verticals.
create unique index duties_one_at_a_time on drivers.duties (user_id) where ended_at is null;
create index duties_ref on drivers.duties (kind, ref_id);

create table drivers.positions (
    device_id   text not null,
    seq         bigint not null,
    driver_id   uuid not null,
    at          timestamptz not null,
    received_at timestamptz not null,
    point       geography(Point, 4326) not null,
    accuracy_m  real,
    speed_mps   real,
    bearing     real,
    mock        boolean not null default false,
    uploaded_by uuid not null,
    primary key (device_id, seq)
) partition by hash (device_id);

create table drivers.positions_0 partition of drivers.positions for values with (modulus 4, remainder 0);
create table drivers.positions_1 partition of drivers.positions for values with (modulus 4, remainder 1);
create table drivers.positions_2 partition of drivers.positions for values with (modulus 4, remainder 2);
create table drivers.positions_3 partition of drivers.positions for values with (modulus 4, remainder 3);

create index positions_driver on drivers.positions (driver_id, at);

create view drivers.capability_status as
select driver_id, kind, status from drivers.capabilities;
