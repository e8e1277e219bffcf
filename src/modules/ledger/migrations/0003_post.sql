-- Posting in one round trip. An act comes as
--   {id, key, kind, subject_type, subject_id, actor_type, actor_id, request_id, basis, currency,
--    legs: [{debit: [kind, owner_type, owner_id, sub], credit: [...], amount, kind, phase,
--            hold_act, hold_leg, timeout_at, up_to, rest_of}]}
-- Refusals are raised as check violations whose constraint says which.

create function ledger.refuse(reason text, said text) returns void
language plpgsql as $$
begin
    raise exception '%', said using errcode = 'check_violation', constraint = reason;
end $$;

-- How many rows a striped account has. Grows only: a balance is the sum of whatever rows are there.
create function ledger.stripes() returns int language sql immutable as 'select 16';

-- The time-out of a hold is no part: whoever repeats an act later may reckon it from a later clock.
create function ledger.fingerprint(legs jsonb) returns bytea
language sql immutable as $$
    select sha256(convert_to(jsonb_agg(l.leg - 'timeout_at' order by l.n)::text, 'UTF8'))
      from jsonb_array_elements(legs) with ordinality l (leg, n)
$$;

-- The accounts that an act names, made where they are missing: in one order everywhere, so that two
-- acts that make the same pair do not wait for each other.
-- In PL/pgSQL, like all that posting calls, because its plans stay prepared.
create function ledger.make_accounts(legs jsonb, of_currency text, of_stripe int) returns void
language plpgsql as $$
begin
    insert into ledger.account (kind, owner_type, owner_id, sub, currency, stripe, side, floor)
    select n.kind, n.owner_type, n.owner_id, n.sub, of_currency, n.stripe, n.side, n.floor
      from (select distinct k.kind, r.ref ->> 1 as owner_type, r.ref ->> 2 as owner_id,
                   r.ref ->> 3 as sub, case when k.striped then of_stripe else 0 end as stripe,
                   k.side, k.floor
              from jsonb_array_elements(legs) l (leg)
             cross join lateral (values (l.leg -> 'debit'), (l.leg -> 'credit')) r (ref)
              join ledger.account_kind k on k.kind = r.ref ->> 0
             where l.leg ->> 'phase' in ('single', 'pending')) n
     where not exists (select from ledger.account a
                        where a.kind = n.kind and a.owner_type = n.owner_type
                          and a.owner_id = n.owner_id and a.sub = n.sub
                          and a.currency = of_currency and a.stripe = n.stripe)
     order by n.kind, n.owner_type, n.owner_id, n.sub, n.stripe
    on conflict do nothing;
end $$;

create function ledger.find_account(ref jsonb, of_currency text, of_stripe int) returns uuid
language plpgsql stable as $$
begin
    return (
    select a.id
      from ledger.account_kind k
      join ledger.account a on a.kind = k.kind and a.owner_type = ref ->> 1
                           and a.owner_id = ref ->> 2 and a.sub = ref ->> 3
                           and a.currency = of_currency
                           and a.stripe = case when k.striped then of_stripe else 0 end
     where k.kind = ref ->> 0);
end $$;

create function ledger.is_account(account uuid, ref jsonb) returns boolean
language plpgsql stable as $$
begin
    return exists (select from ledger.account a
                    where a.id = account and a.kind = ref ->> 0 and a.owner_type = ref ->> 1
                      and a.owner_id = ref ->> 2 and a.sub = ref ->> 3);
end $$;

-- The hold that a leg resolves: named by act and leg, else the oldest open one of the subject with the
-- same kind and accounts that no earlier leg took.
create function ledger.find_hold(p_act jsonb, p_leg jsonb, p_taken uuid[]) returns ledger.transfer
language plpgsql stable as $$
declare
    hold ledger.transfer;
begin
    if p_leg ? 'hold_act' then
        select t.* into hold
          from ledger.transfer t join ledger.act a on a.id = t.act_id
         where a.key = p_leg ->> 'hold_act' and t.leg = (p_leg ->> 'hold_leg')::smallint
           and t.phase = 'pending'
           and ledger.is_account(t.debit_account_id, p_leg -> 'debit')
           and ledger.is_account(t.credit_account_id, p_leg -> 'credit');
    else
        select t.* into hold
          from ledger.act a join ledger.transfer t on t.act_id = a.id
         where a.subject_type = p_act ->> 'subject_type' and a.subject_id = p_act ->> 'subject_id'
           and t.kind = p_leg ->> 'kind' and t.phase = 'pending' and t.id <> all (p_taken)
           and not exists (select from ledger.transfer r
                            where r.pending_id = t.id and r.phase in ('post', 'void'))
           and ledger.is_account(t.debit_account_id, p_leg -> 'debit')
           and ledger.is_account(t.credit_account_id, p_leg -> 'credit')
         order by t.at, t.leg
         limit 1;
    end if;
    return hold;
end $$;

create function ledger.post(p_act jsonb, p_now timestamptz)
returns table (act_id uuid, is_new boolean, at timestamptz, leg smallint, transfer_id uuid,
               amount bigint)
language plpgsql as $$
#variable_conflict use_column
declare
    v_legs     jsonb := p_act -> 'legs';
    v_count    int := jsonb_array_length(p_act -> 'legs');
    v_currency text := p_act ->> 'currency';
    v_id       uuid := (p_act ->> 'id')::uuid;
    v_stripe   int := abs(uuid_hash((p_act ->> 'id')::uuid) % ledger.stripes());
    v_print    bytea := ledger.fingerprint(p_act -> 'legs');
    v_known    ledger.act;
    v_at       timestamptz;
    v_new      boolean := false;
    v_leg      jsonb;
    v_phase    text;
    v_hold     ledger.transfer;
    -- One element per leg.
    v_debit    uuid[] := '{}';
    v_credit   uuid[] := '{}';
    v_pending  uuid[] := '{}';
    v_held     bigint[] := '{}';
    v_asked    bigint[] := '{}';
    v_moved    bigint[] := '{}';
    -- One element per account: what may still leave it.
    v_accounts uuid[];
    v_sides    text[];
    v_rooms    bigint[];
    v_floor    text;
    v_closed   boolean;
    d          int;
    c          int;
begin
    select a.* into v_known from ledger.act a where a.key = p_act ->> 'key';

    if v_known.id is null then
        for i in 1 .. v_count loop
            v_leg := v_legs -> (i - 1);
            if v_leg ->> 'phase' in ('post', 'void') then
                v_hold := ledger.find_hold(p_act, v_leg, v_pending);
                if v_hold.id is null then
                    perform ledger.refuse('hold_unknown', format('leg %s resolves no open hold', i - 1));
                end if;
                v_debit[i] := v_hold.debit_account_id;
                v_credit[i] := v_hold.credit_account_id;
                v_pending[i] := v_hold.id;
                v_held[i] := v_hold.amount;
            else
                v_debit[i] := ledger.find_account(v_leg -> 'debit', v_currency, v_stripe);
                v_credit[i] := ledger.find_account(v_leg -> 'credit', v_currency, v_stripe);
                if v_debit[i] is null or v_credit[i] is null then
                    perform ledger.make_accounts(v_legs, v_currency, v_stripe);
                    v_debit[i] := ledger.find_account(v_leg -> 'debit', v_currency, v_stripe);
                    v_credit[i] := ledger.find_account(v_leg -> 'credit', v_currency, v_stripe);
                end if;
                v_pending[i] := '00000000-0000-0000-0000-000000000000';
                v_held[i] := 0;
            end if;
        end loop;

        -- Accounts are the last rows that a transaction locks, in the order of their ids.
        select array_agg(a.id), array_agg(a.side::text),
               array_agg(case a.side
                         when 'C' then a.credits_posted - a.debits_posted - a.debits_pending
                         else a.debits_posted - a.credits_posted - a.credits_pending end),
               bool_or(a.closed_at is not null),
               greatest(p_now, max(a.last_at) + interval '1 microsecond')
          into v_accounts, v_sides, v_rooms, v_closed, v_at
          from (select * from ledger.account
                 where id = any (v_debit || v_credit) order by id for update) a;
        if v_closed then
            perform ledger.refuse('account_closed', 'an account of the act is closed');
        end if;

        insert into ledger.act (id, key, kind, subject_type, subject_id, actor_type, actor_id,
                                request_id, basis, currency, legs, fingerprint, at)
        values (v_id, p_act ->> 'key', p_act ->> 'kind', p_act ->> 'subject_type',
                p_act ->> 'subject_id', p_act ->> 'actor_type', p_act ->> 'actor_id',
                (p_act ->> 'request_id')::uuid, p_act -> 'basis', v_currency, v_legs, v_print, v_at)
        on conflict (key) do nothing;
        v_new := found;
        if not v_new then
            select a.* into v_known from ledger.act a where a.key = p_act ->> 'key';
        end if;
    end if;

    if not v_new then
        if v_known.fingerprint <> v_print or v_known.currency <> v_currency then
            perform ledger.refuse('act_conflict',
                                  format('act %s exists with other legs', p_act ->> 'key'));
        end if;
        return query
            select v_known.id, false, v_known.at, t.leg, t.id, t.amount
              from (values (true)) always (one)
              left join ledger.transfer t on t.act_id = v_known.id
             order by t.leg;
        return;
    end if;

    for i in 1 .. v_count loop
        v_leg := v_legs -> (i - 1);
        v_phase := v_leg ->> 'phase';
        d := array_position(v_accounts, v_debit[i]);
        c := array_position(v_accounts, v_credit[i]);
        if v_leg ? 'rest_of' then
            v_asked[i] := v_asked[(v_leg ->> 'rest_of')::int + 1] - v_moved[(v_leg ->> 'rest_of')::int + 1];
        else
            v_asked[i] := coalesce((v_leg ->> 'amount')::bigint, v_held[i]);
        end if;
        v_moved[i] := v_asked[i];
        if (v_leg ->> 'up_to')::boolean and v_sides[d] = 'C' then
            v_moved[i] := least(v_asked[i], greatest(v_rooms[d], 0));
        end if;
        if v_moved[i] = 0 then continue; end if;

        -- What is pending or posted leaves; only what is posted arrives.
        if v_sides[d] = 'C' then
            v_rooms[d] := v_rooms[d] + v_held[i] - case v_phase when 'void' then 0 else v_moved[i] end;
        elsif v_phase in ('single', 'post') then
            v_rooms[d] := v_rooms[d] + v_moved[i];
        end if;
        if v_sides[c] = 'D' then
            v_rooms[c] := v_rooms[c] + v_held[i] - case v_phase when 'void' then 0 else v_moved[i] end;
        elsif v_phase in ('single', 'post') then
            v_rooms[c] := v_rooms[c] + v_moved[i];
        end if;
    end loop;

    -- The row constraint says the same; here the answer learns whose floor it is.
    select a.kind into v_floor
      from unnest(v_accounts, v_rooms) r (id, room)
      join ledger.account a on a.id = r.id
     where a.floor and r.room < 0
     order by (a.kind in ('wallet', 'bonus', 'custody')) desc
     limit 1;
    if found then
        perform ledger.refuse('account_floor_' || v_floor, format('%s would fall below 0', v_floor));
    end if;

    insert into ledger.transfer (act_id, leg, debit_account_id, credit_account_id, currency, amount,
                                 kind, phase, pending_id, timeout_at, at)
    select v_id, i - 1, v_debit[i], v_credit[i], v_currency, v_moved[i],
           v_legs -> (i - 1) ->> 'kind', v_legs -> (i - 1) ->> 'phase',
           nullif(v_pending[i], '00000000-0000-0000-0000-000000000000'),
           (v_legs -> (i - 1) ->> 'timeout_at')::timestamptz, v_at
      from generate_series(1, v_count) i
     where v_moved[i] <> 0;

    return query
        select v_id, true, v_at, t.leg, t.id, t.amount
          from (values (true)) always (one)
          left join ledger.transfer t on t.act_id = v_id
         order by t.leg;
end $$;

-- What other modules may read: an account with its stripes together, and the transfers of a subject.
create view ledger.account_balance as
    select a.kind, a.owner_type, a.owner_id, a.sub, a.currency, a.side,
           sum(case a.side when 'C' then a.credits_posted - a.debits_posted
                           else a.debits_posted - a.credits_posted end)::bigint as balance,
           sum(case a.side when 'C' then a.debits_pending else a.credits_pending end)::bigint as held
      from ledger.account a
     group by a.kind, a.owner_type, a.owner_id, a.sub, a.currency, a.side;

create view ledger.movement as
    select t.id, a.key as act_key, a.kind as act_kind, a.subject_type, a.subject_id, t.leg, t.kind,
           t.phase, t.amount, t.currency, t.pending_id, t.at,
           d.kind as debit_kind, d.owner_id as debit_owner, d.sub as debit_sub,
           c.kind as credit_kind, c.owner_id as credit_owner, c.sub as credit_sub
      from ledger.transfer t
      join ledger.act a on a.id = t.act_id
      join ledger.account d on d.id = t.debit_account_id
      join ledger.account c on c.id = t.credit_account_id;
