create schema if not exists ledger;

-- Side D: balance = debits − credits. Side C: balance = credits − debits. `floor`: what is available
-- may not fall below 0. `striped`: spread over rows so that the platform's own hot accounts do not
-- make all payments wait for one row; such accounts have no floor by row.
create table ledger.account_kind (
    kind          text primary key,
    side          char(1) not null check (side in ('D', 'C')),
    floor         boolean not null,
    striped       boolean not null,
    external_code text,
    check (not (floor and striped))
);

insert into ledger.account_kind (kind, side, floor, striped) values
    ('float',         'D', false, true),
    ('bank',          'D', false, false),
    ('trust',         'D', true,  false),
    ('custody',       'D', true,  false),
    ('desk',          'D', true,  false),
    ('receivable',    'D', true,  false),
    ('disputed',      'D', true,  false),
    ('wallet',        'C', true,  false),
    ('bonus',         'C', true,  false),
    ('earnings',      'C', true,  false),
    ('escrow',        'C', true,  false),
    ('deposit',       'C', true,  false),
    ('org',           'C', true,  false),
    ('suspense',      'C', true,  false),
    ('commission',    'C', false, true),
    ('fees',          'C', false, true),
    ('sales',         'C', false, true),
    ('provider_cost', 'D', false, true),
    ('promo_cost',    'D', false, false),
    ('goodwill',      'D', false, false),
    ('losses',        'D', false, false),
    ('opening',       'C', false, false);

create table ledger.account (
    id              uuid primary key default gen_random_uuid(),
    kind            text not null references ledger.account_kind,
    owner_type      text not null check (owner_type in
                        ('platform', 'user', 'staff', 'store', 'booking', 'order', 'ride', 'reservation',
                         'org', 'provider', 'issuer', 'cash_point', 'promo')),
    owner_id        text not null default '',
    sub             text not null default '',
    currency        char(3) not null,
    stripe          smallint not null default 0,
    side            char(1) not null,
    floor           boolean not null,
    debits_posted   bigint not null default 0 check (debits_posted >= 0),
    credits_posted  bigint not null default 0 check (credits_posted >= 0),
    debits_pending  bigint not null default 0 check (debits_pending >= 0),
    credits_pending bigint not null default 0 check (credits_pending >= 0),
    last_at         timestamptz,
    closed_at       timestamptz,
    created_at      timestamptz not null default now(),
    unique (kind, owner_type, owner_id, sub, currency, stripe),
    unique (id, currency),
    constraint account_floor check (
        not floor
        or (side = 'C' and debits_posted + debits_pending <= credits_posted)
        or (side = 'D' and credits_posted + credits_pending <= debits_posted))
);
create index account_owner on ledger.account (owner_type, owner_id);

create table ledger.act (
    id           uuid primary key,
    key          text not null unique check (length(key) between 1 and 200),
    kind         text not null,
    subject_type text,
    subject_id   text,
    actor_type   text not null check (actor_type in ('user', 'staff', 'system', 'provider')),
    actor_id     text,
    request_id   uuid,
    basis        jsonb not null,
    currency     char(3) not null,
    -- As they were asked for; `fingerprint` is their SHA-256, so that check-ledger can recompute it.
    legs         jsonb not null,
    fingerprint  bytea not null check (length(fingerprint) = 32),
    reverses     uuid unique references ledger.act,
    at           timestamptz not null,
    created_at   timestamptz not null default now(),
    check ((subject_type is null) = (subject_id is null))
);
create index act_subject on ledger.act (subject_type, subject_id, at);

create table ledger.transfer (
    id                uuid primary key default gen_random_uuid(),
    act_id            uuid not null references ledger.act,
    leg               smallint not null,
    debit_account_id  uuid not null,
    credit_account_id uuid not null,
    currency          char(3) not null,
    amount            bigint not null check (amount > 0),
    kind              text not null,
    phase             text not null check (phase in ('single', 'pending', 'post', 'void')),
    pending_id        uuid references ledger.transfer,
    timeout_at        timestamptz,
    at                timestamptz not null,
    created_at        timestamptz not null default now(),
    unique (act_id, leg),
    check (debit_account_id <> credit_account_id),
    check ((pending_id is not null) = (phase in ('post', 'void'))),
    check (timeout_at is null or phase = 'pending'),
    -- No transfer crosses currencies.
    foreign key (debit_account_id, currency) references ledger.account (id, currency),
    foreign key (credit_account_id, currency) references ledger.account (id, currency)
);
create unique index transfer_resolution on ledger.transfer (pending_id)
    where phase in ('post', 'void');
create index transfer_debit on ledger.transfer (debit_account_id, at);
create index transfer_credit on ledger.transfer (credit_account_id, at);
create index transfer_timeout on ledger.transfer (timeout_at) where phase = 'pending';

create table ledger.balance_day (
    account_id      uuid not null references ledger.account,
    day             date not null,
    debits_posted   bigint not null,
    credits_posted  bigint not null,
    debits_pending  bigint not null,
    credits_pending bigint not null,
    created_at      timestamptz not null default now(),
    primary key (account_id, day)
);

create table ledger.check_run (
    id          uuid primary key default gen_random_uuid(),
    started_at  timestamptz not null,
    finished_at timestamptz,
    scope       text not null check (scope in ('incremental', 'full')),
    ok          boolean,
    findings    jsonb not null default '[]',
    created_at  timestamptz not null default now()
);
