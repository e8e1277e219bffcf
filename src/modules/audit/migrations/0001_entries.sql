create schema if not exists audit;

create table audit.entries (
    id          uuid not null default gen_random_uuid(),
    at          timestamptz not null,
    actor_type  text not null check (actor_type in ('user', 'admin', 'system')),
    actor_id    uuid,
    actor_name  text not null default '',
    action      text not null check (action ~ '^[A-Z_]{3,60}$'),
    entity      text not null,
    entity_id   uuid,
    org_id      uuid,
    before      jsonb,
    after       jsonb,
    meta        jsonb not null default '{}',
    primary key (id, at)
) partition by range (at);

create index entries_at on audit.entries (at);
create index entries_entity on audit.entries (entity, entity_id, at);
create index entries_actor on audit.entries (actor_id, at);
create index entries_action on audit.entries (action, at);

-- Holds what no month was made for (a clock far off): nothing is ever lost for want of a partition.
create table audit.entries_default partition of audit.entries default;

-- Makes the partition of the month of `day`, unless it exists or the default one holds rows of it.
create function audit.ensure_month(day timestamptz) returns void language plpgsql as $$
declare
    month_start timestamptz := date_trunc('month', day at time zone 'UTC') at time zone 'UTC';
    month_end timestamptz :=
        (date_trunc('month', day at time zone 'UTC') + interval '1 month') at time zone 'UTC';
    partition_name text := 'entries_' || to_char(month_start at time zone 'UTC', 'YYYY_MM');
begin
    perform pg_advisory_xact_lock(hashtext('audit.ensure_month'));
    if to_regclass('audit.' || partition_name) is not null then
        return;
    end if;
    if exists (select from audit.entries_default where at >= month_start and at < month_end) then
        return;
    end if;
    execute format('create table audit.%I partition of audit.entries for values from (%L) to (%L)',
                   partition_name, month_start, month_end);
end $$;

select audit.ensure_month(now() + make_interval(months => ahead)) from generate_series(0, 3) ahead;

create function audit.refuse_change() returns trigger language plpgsql as $$
begin
    raise exception 'audit.entries is append-only';
end $$;
create trigger entries_are_append_only before update or delete on audit.entries
    for each row execute function audit.refuse_change();
create trigger entries_are_not_truncated before truncate on audit.entries
    for each statement execute function audit.refuse_change();
