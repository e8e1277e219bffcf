-- Seats booked on a leg of a trip.

create table carpool.bookings (
    id                uuid primary key,
    reference         text not null unique,
    trip_id           uuid not null references carpool.trips,
    passenger_id      uuid not null,
    driver_id         uuid not null,
    seats             smallint not null check (seats between 1 and 8),
    from_mode         text not null check (from_mode in ('stop', 'door', 'route_point')),
    to_mode           text not null check (to_mode in ('stop', 'door', 'route_point')),
    from_stop_id      uuid,
    to_stop_id        uuid,
    from_order        smallint not null,
    to_order          smallint not null,
    pickup_point      geography(Point, 4326) not null,
    pickup_text       text not null,
    dropoff_point     geography(Point, 4326) not null,
    dropoff_text      text not null,
    from_m            integer not null,
    to_m              integer not null,
    access_from_m     integer not null,
    access_to_m       integer not null,
    whole_trip        boolean not null,
    pickup_at         timestamptz not null,
    dropoff_at        timestamptz not null,
    booked_pickup_at  timestamptz not null,
    distance_m        integer not null,
    duration_s        integer not null,
    detour_s          integer not null default 0,
    price_per_seat    bigint not null,
    subtotal          bigint not null,
    discount          bigint not null default 0,
    amount_total      bigint not null,
    currency          char(3) not null,
    fee_schedule_id   uuid not null,
    status            text not null
                      check (status in ('pending', 'accepted', 'paid', 'cancelled', 'completed')),
    request_expires_at timestamptz not null,
    hold_expires_at   timestamptz,
    seats_held        boolean not null default false,
    payment_method    text,
    payment_id        uuid,
    cash_due          bigint not null default 0,
    note              text,
    accepted_at       timestamptz,
    paid_at           timestamptz,
    checked_in_at     timestamptz,
    started_at        timestamptz,
    ended_at          timestamptz,
    cancelled_at      timestamptz,
    cancelled_by      text check (cancelled_by in ('passenger', 'driver', 'staff', 'system')),
    cancel_reason     text,
    fee_amount        bigint not null default 0,
    refunded_amount   bigint not null default 0,
    free_cancel_until timestamptz,
    ticket_seq        smallint not null default 0,
    code_sealed       bytea,
    code_failures     smallint not null default 0,
    code_blocked_until timestamptz,
    version           integer not null default 1,
    created_at        timestamptz not null,
    updated_at        timestamptz not null,
    check (from_m < to_m),
    check (amount_total = subtotal - discount and amount_total >= 0),
    check (refunded_amount between 0 and amount_total and fee_amount between 0 and amount_total),
    check (status <> 'paid' or paid_at is not null),
    check (status <> 'completed'
           or (checked_in_at is not null and started_at is not null and ended_at is not null)),
    check (not seats_held or status in ('accepted', 'paid')),
    constraint bookings_one_seat_at_a_time exclude using gist
        (passenger_id with =, tstzrange(pickup_at, dropoff_at) with &&)
        where (status in ('accepted', 'paid'))
);

create unique index bookings_one_live on carpool.bookings (trip_id, passenger_id)
    where status in ('pending', 'accepted', 'paid');
create index bookings_trip on carpool.bookings (trip_id, status);
create index bookings_passenger on carpool.bookings (passenger_id, created_at desc, id);
create index bookings_driver on carpool.bookings (driver_id, created_at desc, id);
create index bookings_created on carpool.bookings (created_at);
create index bookings_lapsing on carpool.bookings (hold_expires_at)
    where status = 'accepted' and hold_expires_at is not null;
create index bookings_requested on carpool.bookings (request_expires_at) where status = 'pending';
create index bookings_boarding on carpool.bookings (pickup_at) where status in ('accepted', 'paid');

create table carpool.booking_events (
    id          uuid primary key default gen_random_uuid(),
    booking_id  uuid not null references carpool.bookings,
    event       text not null,
    from_status text,
    to_status   text not null,
    by_type     text not null check (by_type in ('user', 'admin', 'system')),
    by_id       uuid,
    meta        jsonb not null default '{}',
    occurred_at timestamptz not null,
    created_at  timestamptz not null
);

create index booking_events_booking on carpool.booking_events (booking_id, created_at);

create trigger booking_events_append_only before update or delete on carpool.booking_events
    for each row execute function carpool.refuse_change();

create table carpool.ticket_keys (
    kid           smallint primary key check (kid between 1 and 255),
    public_key    bytea not null check (length(public_key) = 32),
    secret_sealed bytea not null,
    status        text not null check (status in ('active', 'retired')),
    created_at    timestamptz not null,
    retired_at    timestamptz check ((status = 'retired') = (retired_at is not null))
);

create unique index ticket_keys_active on carpool.ticket_keys (status) where status = 'active';

create table carpool.risk_flags (
    id          uuid primary key,
    kind        text not null,
    user_id     uuid not null,
    trip_id     uuid,
    booking_id  uuid,
    details     jsonb not null default '{}',
    status      text not null default 'open' check (status in ('open', 'dismissed', 'confirmed')),
    note        text,
    reviewed_by uuid,
    created_at  timestamptz not null,
    updated_at  timestamptz not null
);

create index risk_flags_status on carpool.risk_flags (status, created_at);
create index risk_flags_user on carpool.risk_flags (user_id);

-- Where a trip's driver was, from two hours before the departure until the trip ended.
create view carpool.driver_locations as
select t.id as trip_id, p.device_id, p.seq, p.at, p.received_at, p.point, p.accuracy_m, p.speed_mps,
       p.bearing
  from carpool.trips t
  join drivers.positions p
    on p.driver_id = t.driver_id
   and p.at >= t.departure_time - interval '2 hours'
   and p.at <= coalesce(t.ended_at, t.cancelled_at, 'infinity');
