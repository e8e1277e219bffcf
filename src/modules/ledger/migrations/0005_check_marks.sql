-- Where an account stood when a check last found nothing wrong. The order of an account's transfers is
-- the order of their `at`, so that this plus the later ones is what it must stand at now.
create table ledger.checked_account (
    account_id      uuid primary key references ledger.account,
    last_at         timestamptz not null,
    debits_posted   bigint not null,
    credits_posted  bigint not null,
    debits_pending  bigint not null,
    credits_pending bigint not null
) with (fillfactor = 70);

-- The instant of the snapshot that a run has seen, by the database's clock: rows are dated by it.
alter table ledger.check_run add column seen_until timestamptz;
create index check_run_good on ledger.check_run (seen_until desc) where ok;

-- Rows come in this order, so that such an index finds the newest ones and costs next to nothing.
create index act_created_at on ledger.act using brin (created_at);
create index transfer_created_at on ledger.transfer using brin (created_at);

create or replace view ledger.movement as
    select t.id, a.key as act_key, a.kind as act_kind, a.subject_type, a.subject_id, t.leg, t.kind,
           t.phase, t.amount, t.currency, t.pending_id, t.at,
           d.kind as debit_kind, d.owner_id as debit_owner, d.sub as debit_sub,
           c.kind as credit_kind, c.owner_id as credit_owner, c.sub as credit_sub,
           t.created_at
      from ledger.transfer t
      join ledger.act a on a.id = t.act_id
      join ledger.account d on d.id = t.debit_account_id
      join ledger.account c on c.id = t.credit_account_id;
