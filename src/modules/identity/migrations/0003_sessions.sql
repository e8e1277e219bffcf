create table identity.sessions (
    id               uuid primary key default gen_random_uuid(),
    subject_kind     text not null check (subject_kind in ('user', 'staff')),
    subject_id       uuid not null,
    kind             text not null check (kind in ('token', 'cookie', 'both')),
    cookie_hash      bytea unique check (octet_length(cookie_hash) = 32),
    device_id        text,
    device_name      text,
    platform         text not null default 'other' check (platform in ('android', 'ios', 'web', 'other')),
    app_version      text,
    ip               inet,
    user_agent       text,
    auth_methods     text[] not null check (
        auth_methods <@ array['password', 'otp', 'google', 'apple', 'totp', 'recovery']),
    auth_time        timestamptz not null,
    last_seen_at     timestamptz not null,
    idle_expires_at  timestamptz not null,
    expires_at       timestamptz not null,
    revoked_at       timestamptz,
    revoked_reason   text check (revoked_reason in (
        'logout', 'user', 'admin', 'password_changed', 'phone_changed', 'reuse', 'suspended',
        'role_changed', 'erased')),
    created_at       timestamptz not null,
    updated_at       timestamptz not null,
    check ((revoked_at is null) = (revoked_reason is null))
);
create index sessions_subject on identity.sessions (subject_id) where revoked_at is null;
create index sessions_revoked on identity.sessions (revoked_at) where revoked_at is not null;
create index sessions_expires on identity.sessions (expires_at);

-- Every node keeps the revoked sessions in memory; this wakes them.
create function identity.tell_revoked() returns trigger language plpgsql as $$
begin
    perform pg_notify('session_revoked', new.id::text);
    return null;
end $$;
create trigger sessions_tell_revoked after update of revoked_at on identity.sessions
    for each row when (old.revoked_at is null and new.revoked_at is not null)
    execute function identity.tell_revoked();

create table identity.refresh_tokens (
    id           uuid primary key default gen_random_uuid(),
    session_id   uuid not null references identity.sessions on delete cascade,
    token_hash   bytea not null unique check (octet_length(token_hash) = 32),
    expires_at   timestamptz not null,
    used_at      timestamptz,
    replaced_by  uuid,
    created_at   timestamptz not null
);
create unique index refresh_tokens_current on identity.refresh_tokens (session_id) where used_at is null;
create index refresh_tokens_session on identity.refresh_tokens (session_id);
create index refresh_tokens_expires on identity.refresh_tokens (expires_at);
