create extension if not exists postgis with schema public;
create extension if not exists btree_gist with schema public;
create extension if not exists pg_trgm with schema public;

-- The first answer to an Idempotency-Key. A row without a status is a request that still runs outside
-- of the transaction which stores its answer; its lease says until when it is believed to.
create table platform.idempotency_keys (
    caller text not null,
    key text not null,
    fingerprint bytea not null check (octet_length(fingerprint) = 32),
    status smallint check (status between 200 and 599),
    answer bytea,
    location text,
    lease_until timestamptz,
    created_at timestamptz not null,
    expires_at timestamptz not null,
    primary key (caller, key),
    check (status is not null or lease_until is not null)
);
create index idempotency_keys_expires_at on platform.idempotency_keys (expires_at);

-- Events of committed transactions. A delivered row stays for some days, for whoever asks what happened.
create table platform.outbox (
    id uuid primary key,
    seq bigserial not null,
    name text not null check (name ~ '^[a-z0-9_]+(\.[a-z0-9_]+)+$'),
    payload jsonb not null check (jsonb_typeof(payload) = 'object'),
    at timestamptz not null,
    attempts integer not null default 0,
    next_attempt_at timestamptz not null,
    delivered_at timestamptz
) with (fillfactor = 80, autovacuum_vacuum_scale_factor = 0.02);
create index outbox_waiting on platform.outbox (seq) where delivered_at is null;
create index outbox_delivered_at on platform.outbox (delivered_at) where delivered_at is not null;

-- This consumer's effect of this event is committed.
create table platform.event_marks (
    consumer text not null,
    event_id uuid not null,
    at timestamptz not null,
    primary key (consumer, event_id)
);
create index event_marks_at on platform.event_marks using brin (at);

-- Work that one node at a time does for all: who does it, and until when that is believed.
create table platform.leases (
    name text primary key,
    holder text not null,
    held_until timestamptz not null
) with (fillfactor = 50);

create table platform.jobs (
    id uuid primary key,
    name text not null check (name ~ '^[a-z0-9_]+(\.[a-z0-9_]+)+$'),
    queue text not null default 'default',
    payload jsonb not null,
    status text not null default 'queued'
        check (status in ('queued', 'running', 'done', 'dead', 'cancelled')),
    attempts integer not null default 0 check (attempts >= 0),
    max_attempts integer not null check (max_attempts >= 1),
    run_at timestamptz not null,
    started_at timestamptz,
    finished_at timestamptz,
    last_error text,
    worker text,
    lease_until timestamptz,
    dedupe_key text check (dedupe_key <> ''),
    created_at timestamptz not null,
    check ((status = 'running') = (lease_until is not null))
) with (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.02);
create unique index jobs_dedupe_key on platform.jobs (name, dedupe_key)
    where status in ('queued', 'running');
create index jobs_due on platform.jobs (run_at) where status = 'queued';
create index jobs_running on platform.jobs (lease_until) where status = 'running';
create index jobs_finished_at on platform.jobs (finished_at) where status in ('done', 'cancelled');
create index jobs_created_at on platform.jobs (created_at desc, id);

create table platform.schedules (
    name text primary key,
    cron text not null,
    time_zone text not null,
    paused boolean not null default false,
    last_run_at timestamptz,
    last_status text,
    next_run_at timestamptz not null,
    worker text,
    lease_until timestamptz
) with (fillfactor = 50);

create table platform.webhooks_seen (
    id uuid primary key,
    provider text not null,
    event_key text not null,
    received_at timestamptz not null,
    signature_ok boolean not null,
    status text not null
        check (status in ('pending', 'processed', 'duplicate', 'rejected', 'failed')),
    http_status smallint,
    attempts integer not null default 0 check (attempts >= 0),
    error text,
    related_kind text,
    related_id uuid,
    headers jsonb not null default '{}',
    body_sealed bytea,
    unique (provider, event_key),
    check (signature_ok or status = 'rejected')
);
create index webhooks_seen_received_at on platform.webhooks_seen (received_at desc, id);
create index webhooks_seen_related_id on platform.webhooks_seen (related_id)
    where related_id is not null;
