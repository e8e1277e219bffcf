-- The registry of all vehicles and the one calendar of each: a rental, a carpool trip and maintenance
-- never overlap.


create table vehicles.vehicles (
    id             uuid primary key,
    owner_kind     text not null check (owner_kind in ('user', 'operator')),
    owner_user_id  uuid,
    kind           text not null check (kind in ('car', 'moto', 'van', 'bus')),
    plate_country  char(2) not null,
    plate_number   text not null,
    plate_key      text not null,
    vin            text,
    make           text not null,
    model          text not null,
    color          text,
    seats_total    smallint not null check (seats_total between 2 and 61),
    comfort_level  text not null check (comfort_level in ('basic', 'standard', 'comfort')),
    year           smallint,
    photo_file_id  uuid,
    insurance_until  date,
    inspection_until date,
    is_default     boolean not null default false,
    verified       boolean not null default false,
    verified_by    uuid,
    verified_at    timestamptz,
    archived_at    timestamptz,
    created_at     timestamptz not null,
    updated_at     timestamptz not null,
    check ((owner_kind = 'user') = (owner_user_id is not null))
);

create unique index vehicles_plate on vehicles.vehicles (plate_country, plate_key)
    where archived_at is null;
create unique index vehicles_vin on vehicles.vehicles (vin) where archived_at is null;
create unique index vehicles_default on vehicles.vehicles (owner_user_id) where is_default;
create index vehicles_owner on vehicles.vehicles (owner_user_id);

create table vehicles.calendar (
    id             uuid primary key,
    vehicle_id     uuid not null references vehicles.vehicles,
    period         tstzrange not null check (not isempty(period)),
    kind           text not null check (kind in ('trip', 'rental', 'maintenance')),
    ref_id         uuid not null,
    holder_user_id uuid,
    seats_needed   smallint not null default 0,
    note           text,
    created_at     timestamptz not null,
    unique (kind, ref_id),
    constraint calendar_one_use exclude using gist (vehicle_id with =, period with &&)
);

-- What other modules may read: a vehicle as strangers see it. The plate is for those who ride in it.
create view vehicles.cards as
select id, owner_user_id, kind, make, model, color, comfort_level, year, verified, photo_file_id,
       plate_number, seats_total, archived_at
  from vehicles.vehicles;
