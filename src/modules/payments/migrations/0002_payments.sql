create table payments.payment (
    id                 uuid primary key,
    reference          text not null unique check (reference ~ '^PAY-[0-9A-Z]{8}$'),
    purpose            text not null check (purpose in ('booking', 'order', 'ride', 'reservation',
                                                        'deposit', 'topup', 'dues', 'remittance')),
    subject_type       text not null,
    subject_id         uuid not null,
    part               text not null default '',
    user_id            uuid not null,
    method             text not null check (method in ('wave', 'orange', 'mtn', 'yas', 'flooz', 'card',
                                                       'pispi', 'cinetpay', 'wallet', 'cash')),
    provider           text not null,
    attempt            smallint not null check (attempt > 0),
    amount             bigint not null check (amount > 0),
    currency           char(3) not null,
    fees               bigint not null default 0 check (fees >= 0),
    status             text not null check (status in ('init', 'authorized', 'paid', 'failed',
                                                       'refunded')),
    provider_ref       text,
    provider_txn_id    text,
    -- What the provider can give back, as it was when the attempt began.
    refund_ability     text not null check (refund_ability in ('none', 'whole', 'parts')),
    secrets_sealed     bytea,
    payer_phone_sealed bytea,
    redirect_url       text,
    qr_text            text,
    return_url         text not null default '',
    failure_code       text,
    failure_message    text,
    under_review       boolean not null default false,
    -- The deal took the money; else it is on its way back.
    taken              boolean not null default false,
    refund_reserved    bigint not null default 0,
    refunded_amount    bigint not null default 0 check (refunded_amount >= 0),
    disputed_amount    bigint not null default 0 check (disputed_amount >= 0),
    pay_before         timestamptz not null,
    expires_at         timestamptz not null,
    -- The provider has answered our start; until then payments.resume looks after the row.
    started_at         timestamptz,
    -- Until then one worker is calling the provider; nobody else does.
    calling_until      timestamptz,
    asked_at           timestamptz,
    next_poll_at       timestamptz,
    polls              int not null default 0,
    late               boolean not null default false,
    paid_at            timestamptz,
    closed_at          timestamptz,
    raw_payload        jsonb,
    act_id             uuid references ledger.act,
    created_at         timestamptz not null,
    updated_at         timestamptz not null,
    unique (provider, provider_ref),
    check (refunded_amount <= refund_reserved and refund_reserved <= amount),
    check ((status = 'failed') = (failure_code is not null))
);
-- One attempt of a deal is alive at a time.
create unique index payment_live on payments.payment (subject_type, subject_id, part)
    where status in ('init', 'authorized');
create index payment_subject on payments.payment (subject_type, subject_id, created_at);
create index payment_user on payments.payment (user_id, created_at desc);
create index payment_poll on payments.payment (status, next_poll_at) where next_poll_at is not null;
create index payment_unanswered on payments.payment (calling_until)
    where status = 'init' and started_at is null;
create index payment_expiry on payments.payment (expires_at) where status in ('init', 'authorized');
create index payment_report on payments.payment (method, status, created_at);

create table payments.payment_event (
    id          uuid primary key default gen_random_uuid(),
    payment_id  uuid not null references payments.payment,
    from_status text,
    to_status   text not null,
    source      text not null check (source in ('client', 'webhook', 'query', 'job', 'staff')),
    meta        jsonb not null default '{}',
    at          timestamptz not null,
    created_at  timestamptz not null default now()
);
create index payment_event_payment on payments.payment_event (payment_id, at);
create trigger payment_event_is_final before update or delete on payments.payment_event
    for each row execute function payments.refuse_change();

create table payments.refund (
    id                uuid primary key,
    reference         text not null unique check (reference ~ '^RFD-[0-9A-Z]{8}$'),
    payment_id        uuid not null references payments.payment,
    amount            bigint not null check (amount > 0),
    currency          char(3) not null,
    reason            text not null,
    scope             text not null default 'all' check (scope in ('all', 'goods', 'delivery', 'fare')),
    liability         text not null default 'shared' check (liability in ('shared', 'platform')),
    target            text not null check (target in ('origin', 'wallet', 'cash')),
    status            text not null check (status in ('requested', 'processing', 'done', 'failed')),
    -- The pending transfer out of the escrow, for target origin.
    hold_act          text,
    hold_leg          smallint,
    provider_ref      text,
    failure_code      text,
    requested_by_type text not null check (requested_by_type in ('user', 'staff', 'system')),
    requested_by      uuid,
    tries             int not null default 0,
    done_at           timestamptz,
    created_at        timestamptz not null,
    updated_at        timestamptz not null,
    check ((target = 'origin') = (hold_act is not null))
);
create index refund_payment on payments.refund (payment_id);
create index refund_status on payments.refund (status);

-- What finance has to look at.
create table payments.exception (
    id           uuid primary key default gen_random_uuid(),
    kind         text not null,
    provider     text not null,
    subject_type text not null,
    subject_id   text not null,
    expected     bigint,
    actual       bigint,
    details      jsonb not null default '{}',
    status       text not null default 'open' check (status in ('open', 'resolved')),
    resolution   text,
    resolved_by  uuid,
    note         text,
    created_at   timestamptz not null default now(),
    updated_at   timestamptz not null default now()
);
create unique index exception_open on payments.exception (kind, provider, subject_type, subject_id)
    where status = 'open';
create index exception_subject on payments.exception (subject_type, subject_id);
