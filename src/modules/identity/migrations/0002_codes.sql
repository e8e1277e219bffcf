-- Waiting until a contact is proved; they block nobody.
create table identity.registrations (
    id           uuid primary key default gen_random_uuid(),
    destination  text not null,
    payload      bytea not null,  -- sealed
    expires_at   timestamptz not null,
    used_at      timestamptz,
    created_at   timestamptz not null
);
create index registrations_destination on identity.registrations (destination) where used_at is null;

create table identity.verification_codes (
    id               uuid primary key default gen_random_uuid(),
    destination      text not null,
    channel          text not null check (channel in ('sms', 'email')),
    purpose          text not null check (purpose in (
        'registration', 'login', 'password_reset', 'phone_change', 'email_change', 'pin_reset',
        'step_up')),
    code_hash        bytea not null check (octet_length(code_hash) = 32),
    link_hash        bytea unique check (octet_length(link_hash) = 32),
    account_id       uuid references identity.accounts,
    registration_id  uuid references identity.registrations on delete set null,
    attempts         smallint not null default 0 check (attempts between 0 and 5),
    expires_at       timestamptz not null,
    used_at          timestamptz,
    ip               inet,
    created_at       timestamptz not null
);
create index verification_codes_destination
    on identity.verification_codes (destination, purpose, created_at);
create index verification_codes_sends on identity.verification_codes (destination, created_at);
create index verification_codes_ip on identity.verification_codes (ip, created_at);

create table identity.otp_failures (
    destination  text not null,
    day          date not null,
    count        int not null,
    primary key (destination, day)
);

create table identity.verified_tokens (
    id           uuid primary key default gen_random_uuid(),
    token_hash   bytea not null unique check (octet_length(token_hash) = 32),
    destination  text not null,
    channel      text not null check (channel in ('sms', 'email')),
    purpose      text not null,
    account_id   uuid references identity.accounts,
    expires_at   timestamptz not null,
    used_at      timestamptz,
    created_at   timestamptz not null
);
create index verified_tokens_expires on identity.verified_tokens (expires_at);

create table identity.login_guards (
    identifier_hash  bytea primary key check (octet_length(identifier_hash) = 32),
    failures         smallint not null default 0,
    level            smallint not null default 0,
    locked_until     timestamptz,
    last_failure_at  timestamptz not null
);
