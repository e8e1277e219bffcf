create schema if not exists settings;

-- A row exists only where the operator changed the default that stands in the code.
create table settings.values (
    key         text primary key check (key ~ '^[a-z0-9_]+(\.[a-z0-9_]+)+$'),
    value       jsonb not null,
    version     int not null check (version > 0),
    updated_by  uuid,
    updated_at  timestamptz not null
);

create table settings.history (
    id          uuid primary key default gen_random_uuid(),
    key         text not null,
    version     int not null,
    value       jsonb not null,
    previous    jsonb,
    reason      text not null default '',
    changed_by  uuid,
    changed_at  timestamptz not null,
    unique (key, version)
);

create function settings.refuse_change() returns trigger language plpgsql as $$
begin
    raise exception 'settings.history is append-only';
end $$;
create trigger history_is_append_only before update or delete on settings.history
    for each row execute function settings.refuse_change();
create trigger history_is_not_truncated before truncate on settings.history
    for each statement execute function settings.refuse_change();

create function settings.tell_change() returns trigger language plpgsql as $$
begin
    perform pg_notify('settings_changed', '');
    return null;
end $$;
create trigger values_tell_change after insert or update or delete on settings.values
    for each statement execute function settings.tell_change();
