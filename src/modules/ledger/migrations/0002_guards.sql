-- What is written stays written: acts and transfers know INSERT only.
create function ledger.refuse_change() returns trigger
language plpgsql as $$
begin
    raise exception '% of %.% is never allowed', tg_op, tg_table_schema, tg_table_name
        using errcode = 'restrict_violation';
end $$;

create trigger act_is_final before update or delete on ledger.act
    for each row execute function ledger.refuse_change();
create trigger act_stays before truncate on ledger.act
    for each statement execute function ledger.refuse_change();
create trigger transfer_is_final before update or delete on ledger.transfer
    for each row execute function ledger.refuse_change();
create trigger transfer_stays before truncate on ledger.transfer
    for each statement execute function ledger.refuse_change();
create trigger account_stays before delete on ledger.account
    for each row execute function ledger.refuse_change();
create trigger accounts_stay before truncate on ledger.account
    for each statement execute function ledger.refuse_change();

-- A post or void names a hold of the same accounts, in time and not above its amount. That a hold is
-- resolved once is the unique index transfer_resolution.
create function ledger.check_resolution() returns trigger
language plpgsql as $$
declare
    hold ledger.transfer;
begin
    select * into hold from ledger.transfer where id = new.pending_id;
    if hold.phase is distinct from 'pending'
       or hold.debit_account_id <> new.debit_account_id
       or hold.credit_account_id <> new.credit_account_id then
        raise exception 'transfer % is no hold of these accounts', new.pending_id
            using errcode = 'check_violation', constraint = 'hold_unknown';
    end if;
    if new.amount > hold.amount or (new.phase = 'void' and new.amount <> hold.amount) then
        raise exception '% % of a hold of %', new.phase, new.amount, hold.amount
            using errcode = 'check_violation', constraint = 'hold_exceeded';
    end if;
    if new.phase = 'post' and new.at >= hold.timeout_at then
        raise exception 'the hold ended at %', hold.timeout_at
            using errcode = 'check_violation', constraint = 'hold_expired';
    end if;
    return new;
end $$;

create trigger transfer_resolves before insert on ledger.transfer
    for each row when (new.phase in ('post', 'void'))
    execute function ledger.check_resolution();

-- The sums of the accounts follow from the transfers and from nothing else: this trigger is their only
-- writer, and touches each account once per statement, so that floors are checked on the final state.
create function ledger.apply_transfers() returns trigger
language plpgsql as $$
begin
    update ledger.account a
       set debits_posted   = a.debits_posted   + d.debits_posted,
           credits_posted  = a.credits_posted  + d.credits_posted,
           debits_pending  = a.debits_pending  + d.debits_pending,
           credits_pending = a.credits_pending + d.credits_pending,
           last_at         = greatest(a.last_at, d.at)
      from (select e.account_id,
                   sum(e.posted) filter (where e.is_debit)       as debits_posted,
                   sum(e.posted) filter (where not e.is_debit)   as credits_posted,
                   sum(e.pending) filter (where e.is_debit)      as debits_pending,
                   sum(e.pending) filter (where not e.is_debit)  as credits_pending,
                   max(e.at)                                     as at
              from (select side.account_id, side.is_debit, n.at,
                           case when n.phase in ('single', 'post') then n.amount else 0 end as posted,
                           case when n.phase = 'pending' then n.amount
                                else coalesce(-hold.amount, 0) end as pending
                      from new_transfers n
                      left join ledger.transfer hold on hold.id = n.pending_id
                     cross join lateral (values (n.debit_account_id, true),
                                                (n.credit_account_id, false))
                           as side (account_id, is_debit)) e
             group by e.account_id) s
     cross join lateral (select coalesce(s.debits_posted, 0)   as debits_posted,
                                coalesce(s.credits_posted, 0)  as credits_posted,
                                coalesce(s.debits_pending, 0)  as debits_pending,
                                coalesce(s.credits_pending, 0) as credits_pending,
                                s.at                           as at) d
     where a.id = s.account_id;
    return null;
end $$;

create trigger transfer_moves after insert on ledger.transfer
    referencing new table as new_transfers
    for each statement execute function ledger.apply_transfers();

create function ledger.guard_account() returns trigger
language plpgsql as $$
begin
    if tg_op = 'INSERT' then
        if (new.debits_posted, new.credits_posted, new.debits_pending, new.credits_pending)
           <> (0, 0, 0, 0) then
            raise exception 'an account begins at 0' using errcode = 'restrict_violation';
        end if;
        select k.side, k.floor into strict new.side, new.floor
          from ledger.account_kind k where k.kind = new.kind;
        return new;
    end if;
    -- Depth 1 is a statement of the program; deeper is the trigger above.
    if pg_trigger_depth() < 2
       and (new.debits_posted, new.credits_posted, new.debits_pending, new.credits_pending,
            new.last_at)
           is distinct from
           (old.debits_posted, old.credits_posted, old.debits_pending, old.credits_pending,
            old.last_at) then
        raise exception 'the sums of an account are changed by transfers only'
            using errcode = 'restrict_violation';
    end if;
    if (new.id, new.kind, new.owner_type, new.owner_id, new.sub, new.currency, new.stripe, new.side,
        new.floor)
       <> (old.id, old.kind, old.owner_type, old.owner_id, old.sub, old.currency, old.stripe,
           old.side, old.floor) then
        raise exception 'what an account is never changes' using errcode = 'restrict_violation';
    end if;
    return new;
end $$;

create trigger account_is_guarded before insert or update on ledger.account
    for each row execute function ledger.guard_account();
