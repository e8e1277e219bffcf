create schema if not exists identity;
create extension if not exists pg_trgm;

create table identity.accounts (
    id                 uuid primary key default gen_random_uuid(),
    phone              text unique check (phone ~ '^\+[1-9][0-9]{7,14}$'),
    phone_verified_at  timestamptz,
    email              text check (char_length(email) <= 254),
    email_norm         text generated always as (lower(email)) stored unique,
    email_verified_at  timestamptz,
    password_hash      text,
    password_changed_at timestamptz,
    first_name         text not null default '' check (char_length(first_name) <= 100),
    last_name          text not null default '' check (char_length(last_name) <= 100),
    gender             text check (gender in ('female', 'male', 'other')),
    birthdate          date,
    photo_file_id      uuid references files.files,
    language           text not null default 'fr' check (language in ('fr', 'en')),
    preferences        jsonb not null default '{}' check (jsonb_typeof(preferences) = 'object'),
    status             text not null default 'active' check (status in (
        'pending_verification', 'active', 'suspended', 'closed')),
    suspended_reason   text,
    suspended_until    timestamptz,
    roles              text[] not null default '{client}' check (
        roles <@ array['client', 'driver', 'store_owner']),
    kyc_tier           smallint not null default 0 check (kyc_tier between 0 and 3),
    referral_code      char(8) not null unique,
    last_login_at      timestamptz,
    last_seen_at       timestamptz,
    names_locked       boolean not null default false,
    terms_version      text,
    legacy_id          text,
    legacy_source      text,
    created_at         timestamptz not null default now(),
    updated_at         timestamptz not null default now(),
    unique (legacy_source, legacy_id),
    check (phone is not null or phone_verified_at is null),
    check (email is not null or email_verified_at is null)
);
-- A number that its operator sold on leaves an account that only its wallet keeps in use (§5.6), so an
-- account may stand without contact once it had one.
alter table identity.accounts add column contact_released_at timestamptz;
alter table identity.accounts add constraint accounts_contact check (
    status = 'closed' or phone is not null or email is not null or contact_released_at is not null);
create index accounts_status on identity.accounts (status);
create index accounts_created on identity.accounts (created_at);
create index accounts_name on identity.accounts using gin ((first_name || ' ' || last_name) gin_trgm_ops);

create table identity.account_ratings (
    account_id  uuid not null references identity.accounts,
    role        text not null check (role in ('driver', 'passenger')),
    sum         int not null check (sum >= 0),
    count       int not null check (count >= 0),
    version     bigint not null,
    primary key (account_id, role)
);

create table identity.account_history (
    id          uuid primary key default gen_random_uuid(),
    account_id  uuid not null references identity.accounts,
    at          timestamptz not null,
    field       text not null check (field in ('status', 'kyc_tier', 'roles', 'phone', 'email', 'name')),
    from_value  jsonb,
    to_value    jsonb,
    actor_type  text not null check (actor_type in ('user', 'admin', 'system')),
    actor_id    uuid,
    reason      text not null default ''
);
create index account_history_account on identity.account_history (account_id, at);

create function identity.refuse_change() returns trigger language plpgsql as $$
begin
    raise exception '% is append-only', tg_table_name;
end $$;
create trigger account_history_is_append_only before update or delete on identity.account_history
    for each row execute function identity.refuse_change();
create trigger account_history_is_not_truncated before truncate on identity.account_history
    for each statement execute function identity.refuse_change();

-- What other modules may join.
create view identity.account_facts as
select id, status, kyc_tier, phone, phone_verified_at, email, email_verified_at, language, roles,
       first_name, last_name
  from identity.accounts;

create view identity.person_cards as
select a.id, a.first_name, left(a.last_name, 1) as last_initial, a.photo_file_id,
       coalesce(d.sum, 0)::bigint + coalesce(p.sum, 0) as rating_sum,
       coalesce(d.count, 0)::bigint + coalesce(p.count, 0) as rating_count,
       coalesce(d.sum, 0)::bigint as driver_rating_sum,
       coalesce(d.count, 0)::bigint as driver_rating_count,
       coalesce(p.sum, 0)::bigint as passenger_rating_sum,
       coalesce(p.count, 0)::bigint as passenger_rating_count,
       a.created_at as member_since,
       a.phone_verified_at is not null as phone_verified,
       a.email_verified_at is not null as email_verified,
       a.kyc_tier >= 2 as identity_verified,
       'driver' = any (a.roles) as driver_verified,
       a.status = 'closed' as is_closed
  from identity.accounts a
  left join identity.account_ratings d on d.account_id = a.id and d.role = 'driver'
  left join identity.account_ratings p on p.account_id = a.id and p.role = 'passenger';
