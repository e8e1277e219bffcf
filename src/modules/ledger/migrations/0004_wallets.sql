create table ledger.wallet (
    id               uuid primary key default gen_random_uuid(),
    user_id          uuid not null unique,
    account_id       uuid references ledger.account,
    bonus_account_id uuid references ledger.account,
    currency         char(3) not null,
    status           text not null default 'active' check (status in ('active', 'frozen', 'closed')),
    frozen_by        text check (frozen_by in ('user', 'staff', 'rule')),
    frozen_reason    text,
    frozen_at        timestamptz,
    single_max       bigint check (single_max >= 0),
    daily_limit      bigint check (daily_limit >= 0),
    monthly_limit    bigint check (monthly_limit >= 0),
    pin_hash         text,
    pin_set_at       timestamptz,
    pin_reset_at     timestamptz,
    pin_failures     smallint not null default 0,
    pin_lock_level   smallint not null default 0,
    pin_locked_until timestamptz,
    pin_dead         boolean not null default false,
    cooldown_until   timestamptz,
    created_at       timestamptz not null default now(),
    updated_at       timestamptz not null default now()
);

-- What a person reads of his wallet: a projection written in the act's transaction.
create table ledger.wallet_txn (
    id                 uuid primary key default gen_random_uuid(),
    wallet_id          uuid not null references ledger.wallet,
    reference          text not null unique check (reference ~ '^TXN-[0-9A-Z]{8}$'),
    direction          text not null check (direction in ('credit', 'debit')),
    amount             bigint not null check (amount >= 0),
    bonus_amount       bigint not null default 0 check (bonus_amount >= 0),
    fee                bigint not null default 0 check (fee >= 0),
    currency           char(3) not null,
    kind               text not null,
    status             text not null check (status in ('pending', 'completed', 'failed', 'cancelled')),
    description        text not null,
    payment_method     text,
    external_reference text,
    related_type       text,
    related_id         text,
    counterparty_id    uuid,
    transfer_ids       uuid[] not null,
    payment_id         uuid,
    balance_after      bigint,
    metadata           jsonb not null default '{}',
    created_at         timestamptz not null default now(),
    updated_at         timestamptz not null default now()
);
create index wallet_txn_feed on ledger.wallet_txn (wallet_id, created_at desc, id);
create index wallet_txn_related on ledger.wallet_txn (related_type, related_id);
