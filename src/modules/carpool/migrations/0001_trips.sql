-- Trips with their stops and the free seats of each segment between two stops.


-- Trips over the same points share one route.
create table carpool.routes (
    id          uuid primary key,
    fingerprint bytea not null unique,
    line        geography(LineString, 4326) not null,
    polyline    text not null,
    leg_m       integer[] not null,
    leg_s       integer[] not null,
    distance_m  integer not null,
    drive_s     integer not null,
    source      text not null check (source in ('osrm', 'mapbox', 'valhalla', 'estimate')),
    last_day    date not null,
    created_at  timestamptz not null
);

create table carpool.trips (
    id                  uuid primary key,
    driver_id           uuid not null,
    vehicle_id          uuid references vehicles.vehicles,
    route_id            uuid not null references carpool.routes,
    origin_point        geography(Point, 4326) not null,
    origin_text         text not null,
    destination_point   geography(Point, 4326) not null,
    destination_text    text not null,
    departure_time      timestamptz not null,
    arrival_eta         timestamptz not null,
    eta_source          text not null check (eta_source in ('routing', 'driver')),
    depart_day          date not null,
    seats_offered       smallint not null check (seats_offered between 1 and 60),
    price_per_seat      bigint not null check (price_per_seat >= 0),
    currency            char(3) not null,
    luggage_policy      text,
    rules               text,
    allow_auto_accept   boolean not null,
    cash_allowed        boolean not null,
    en_route            boolean not null,
    max_detour_min      smallint not null check (max_detour_min between 0 and 60),
    solo_drive_s        integer not null,
    drive_s             integer not null,
    status              text not null
                        check (status in ('draft', 'published', 'ongoing', 'completed', 'cancelled')),
    moderation          text not null default 'visible' check (moderation in ('visible', 'hidden')),
    cancel_reason       text,
    cancel_comment      text,
    cancelled_by        text check (cancelled_by in ('passenger', 'driver', 'staff', 'system')),
    published_at        timestamptz,
    started_at          timestamptz,
    ended_at            timestamptz,
    cancelled_at        timestamptz,
    tracked_distance_m  integer,
    deleted_at          timestamptz,
    version             integer not null default 1,
    created_at          timestamptz not null,
    updated_at          timestamptz not null,
    check (arrival_eta > departure_time),
    check (status not in ('published', 'ongoing') or vehicle_id is not null),
    constraint trips_one_at_a_time exclude using gist
        (driver_id with =, tstzrange(departure_time, arrival_eta) with &&)
        where (status in ('published', 'ongoing') and deleted_at is null)
);

create index trips_driver on carpool.trips (driver_id, departure_time);
create index trips_running on carpool.trips (status, departure_time)
    where status in ('published', 'ongoing') and deleted_at is null;
create index trips_route on carpool.trips (route_id, depart_day);
create index trips_vehicle on carpool.trips (vehicle_id);
create index trips_created on carpool.trips (created_at);

create table carpool.trip_stops (
    id              uuid primary key,
    trip_id         uuid not null references carpool.trips,
    "order"         smallint not null,
    kind            text not null check (kind in ('origin', 'declared', 'booking', 'destination')),
    point           geography(Point, 4326) not null,
    label           text not null,
    pickup_allowed  boolean not null,
    dropoff_allowed boolean not null,
    offset_m        integer not null check (offset_m >= 0),
    arrive_at       timestamptz not null,
    depart_at       timestamptz not null check (depart_at >= arrive_at),
    dwell_s         integer not null,
    depart_day      date not null,
    open            boolean not null,
    constraint trip_stops_order unique (trip_id, "order") deferrable
);

-- The search: a point on a day. Ended and hidden trips leave it.
create index trip_stops_search on carpool.trip_stops using gist (depart_day, point) where open;
create index trip_stops_trip on carpool.trip_stops (trip_id, offset_m);

create table carpool.trip_segments (
    trip_id    uuid not null references carpool.trips,
    from_m     integer not null,
    to_m       integer not null,
    seats_free smallint not null,
    primary key (trip_id, from_m),
    check (to_m > from_m),
    constraint trip_segments_seats check (seats_free >= 0)
);

-- Locked by every booking and publication of a person: counting and overlap rules cannot race.
create table carpool.person_guards (
    user_id uuid primary key
);

-- How many trips a person drove and rode to the end.
create table carpool.person_counts (
    user_id uuid primary key,
    driven  integer not null default 0,
    ridden  integer not null default 0
);

create table carpool.trip_events (
    id          uuid primary key default gen_random_uuid(),
    trip_id     uuid not null references carpool.trips,
    event       text not null,
    from_status text,
    to_status   text not null,
    by_type     text not null check (by_type in ('user', 'admin', 'system')),
    by_id       uuid,
    meta        jsonb not null default '{}',
    occurred_at timestamptz not null,
    created_at  timestamptz not null
);

create index trip_events_trip on carpool.trip_events (trip_id, created_at);

create function carpool.refuse_change() returns trigger language plpgsql as $$
begin
    raise exception 'history is never changed';
end $$;

create trigger trip_events_append_only before update or delete on carpool.trip_events
    for each row execute function carpool.refuse_change();
