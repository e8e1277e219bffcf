create schema if not exists payments;

create function payments.refuse_change() returns trigger
language plpgsql as $$
begin
    raise exception '% of %.% is never allowed', tg_op, tg_table_schema, tg_table_name
        using errcode = 'restrict_violation';
end $$;

-- Versions of what the platform takes; percent_bp in 1/10000, amounts in minor units. A deal keeps the
-- version it was made with.
create table payments.fee_schedule (
    id               uuid primary key default gen_random_uuid(),
    vertical         text not null check (vertical in
                         ('carpool', 'ride', 'delivery', 'store', 'rental', 'withdrawal')),
    version          int not null check (version > 0),
    percent_bp       int not null check (percent_bp between 0 and 10000),
    fixed            bigint not null check (fixed >= 0),
    min              bigint not null default 0 check (min >= 0),
    max              bigint check (max >= min),
    buyer_percent_bp int not null default 0 check (buyer_percent_bp between 0 and 10000),
    buyer_fixed      bigint not null default 0 check (buyer_fixed >= 0),
    effective_from   timestamptz not null,
    created_by       uuid,
    created_at       timestamptz not null default now(),
    unique (vertical, version)
);
create trigger fee_schedule_is_final before update or delete on payments.fee_schedule
    for each row execute function payments.refuse_change();

insert into payments.fee_schedule (vertical, version, percent_bp, fixed, max, effective_from) values
    ('carpool',    1, 1000, 0, null, '2020-01-01Z'),
    ('ride',       1, 1000, 0, null, '2020-01-01Z'),
    ('delivery',   1, 1000, 0, null, '2020-01-01Z'),
    ('store',      1, 1500, 0, null, '2020-01-01Z'),
    ('rental',     1, 0,    0, null, '2020-01-01Z'),
    ('withdrawal', 1, 100,  0, 5000, '2020-01-01Z');

-- What other modules may read, to freeze on a deal the version in force.
create view payments.fee_terms as
select id, vertical, version, effective_from from payments.fee_schedule;

-- How the money of a deal is shared out, fixed when the deal is paid. `backed`: what money covers of
-- the gross; `paid_*`: what was handed on; `back_*`: what went back, and what of it the seller gave.
create table payments.allocation (
    id              uuid primary key default gen_random_uuid(),
    subject_type    text not null,
    subject_id      uuid not null,
    position        smallint not null,
    part            text not null check (part in ('fare', 'goods', 'delivery', 'tip', 'bottle_deposit',
                                                  'service_fee', 'rental', 'fee')),
    seller_type     text not null check (seller_type in ('user', 'store', 'platform')),
    seller_id       uuid,
    vertical        text not null,
    gross           bigint not null check (gross >= 0),
    commission      bigint not null check (commission >= 0),
    net             bigint not null check (net >= 0),
    currency        char(3) not null,
    fee_schedule_id uuid not null references payments.fee_schedule,
    backed          bigint not null default 0 check (backed between 0 and gross),
    paid_seller     bigint not null default 0 check (paid_seller between 0 and net),
    paid_commission bigint not null default 0 check (paid_commission between 0 and commission),
    back_gross      bigint not null default 0 check (back_gross between 0 and gross),
    back_seller     bigint not null default 0 check (back_seller between 0 and net),
    created_at      timestamptz not null default now(),
    updated_at      timestamptz not null default now(),
    unique (subject_type, subject_id, position),
    check (gross = commission + net)
);
