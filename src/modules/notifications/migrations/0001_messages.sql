create schema if not exists notifications;

create table notifications.messages (
    id                  uuid primary key default gen_random_uuid(),
    event_id            uuid,
    template            text not null,
    recipient_kind      text not null check (recipient_kind in ('user', 'staff', 'address')),
    recipient_id        uuid,
    destination_sealed  bytea not null,
    destination_masked  text not null,
    channel             text not null check (channel in ('push', 'sms', 'email')),
    language            text not null check (language in ('fr', 'en')),
    category            text not null,
    priority            text not null check (priority in ('critical', 'high', 'normal', 'low')),
    -- codes and links are sealed
    params              jsonb not null default '{}',
    title               text not null,
    -- null where the text holds a code
    text                text,
    status              text not null default 'queued' check (status in (
        'scheduled', 'queued', 'sending', 'sent', 'delivered', 'undelivered', 'failed', 'expired',
        'cancelled', 'skipped')),
    skip_reason         text check (skip_reason in ('preference', 'no_address', 'suppressed', 'budget',
                                                    'quiet_expired', 'not_needed')),
    due_at              timestamptz not null,
    expires_at          timestamptz not null,
    next_attempt_at     timestamptz not null,
    attempts            smallint not null default 0,
    lease_until         timestamptz,
    provider            text,
    provider_ref        text,
    segments            smallint,
    device_id           uuid,
    fallback_of         uuid references notifications.messages,
    dedupe_key          text not null,
    last_error          text,
    created_at          timestamptz not null,
    sent_at             timestamptz,
    delivered_at        timestamptz,
    check ((status = 'skipped') = (skip_reason is not null)),
    -- replayed events, two nodes, retried jobs make one message a way
    unique (dedupe_key, channel)
);

create index messages_due on notifications.messages (next_attempt_at)
    where status in ('queued', 'scheduled', 'sending');
create index messages_recipient on notifications.messages (recipient_kind, recipient_id, created_at);
