#include "modules/ledger/ledger.hpp"

#include <set>

#include "platform/events/events.hpp"

namespace taama::ledger {

namespace {

// A transaction dates its rows with its beginning and shows them with its end. None lives this
// long.
constexpr auto longest_transaction = std::chrono::hours{1};

}  // namespace

PG_STATEMENT constexpr pg::Sql read_range_sql{"ledger.read_check_range", R"sql(
    select transaction_timestamp() as until,
           (select max(seen_until) from ledger.check_run where ok) as seen_until)sql"};

Task<CheckRange> range_of_check(pg::Tx& tx, CheckScope scope) {
    const pg::Rows rows = co_await tx.query(read_range_sql);
    CheckRange range{.scope = scope, .until = rows[0].get<UtcTime>(0)};
    const auto seen_until = rows[0].get<std::optional<UtcTime>>(1);
    if (scope == CheckScope::incremental && seen_until)
        range.from = *seen_until - longest_transaction;
    co_return range;
}

PG_STATEMENT constexpr pg::Sql check_sums_sql{"ledger.check_sums", R"sql(
    select 'I1', currency::text,
           format('debits %s, credits %s; pending %s, %s', sum(debits_posted), sum(credits_posted),
                  sum(debits_pending), sum(credits_pending))
      from ledger.account
     group by currency
    having sum(debits_posted) <> sum(credits_posted) or sum(debits_pending) <> sum(credits_pending)
    union all
    select 'I1', currency::text, 'what stands on side D is not what stands on side C'
      from ledger.account_balance
     group by currency
    having sum(balance) filter (where side = 'D') <> sum(balance) filter (where side = 'C'))sql"};

PG_STATEMENT constexpr pg::Sql check_accounts_sql{"ledger.check_accounts", R"sql(
    select 'I2', format('account %s %s %s', a.kind, a.owner_id, a.id),
           format('stands at %s/%s/%s/%s, its transfers say %s/%s/%s/%s', a.debits_posted,
                  a.credits_posted, a.debits_pending, a.credits_pending, s.debits_posted,
                  s.credits_posted, s.debits_pending, s.credits_pending)
      from ledger.account a
      left join (select e.account_id,
                        sum(e.posted) filter (where e.is_debit)      as debits_posted,
                        sum(e.posted) filter (where not e.is_debit)  as credits_posted,
                        sum(e.pending) filter (where e.is_debit)     as debits_pending,
                        sum(e.pending) filter (where not e.is_debit) as credits_pending
                   from (select side.account_id, side.is_debit,
                                case when t.phase in ('single', 'post') then t.amount else 0 end
                                    as posted,
                                case when t.phase = 'pending' then t.amount
                                     else coalesce(-hold.amount, 0) end as pending
                           from ledger.transfer t
                           left join ledger.transfer hold on hold.id = t.pending_id
                          cross join lateral (values (t.debit_account_id, true),
                                                     (t.credit_account_id, false))
                                as side (account_id, is_debit)) e
                  group by e.account_id) s on s.account_id = a.id
     where (a.debits_posted, a.credits_posted, a.debits_pending, a.credits_pending)
           <> (coalesce(s.debits_posted, 0), coalesce(s.credits_posted, 0),
               coalesce(s.debits_pending, 0), coalesce(s.credits_pending, 0)))sql"};

// The same of what moved since: where each account stood at the last good run, and its transfers
// after that. Who has none since stands where it stood.
PG_STATEMENT constexpr pg::Sql check_moved_accounts_sql{"ledger.check_moved_accounts", R"sql(
    select 'I2', format('account %s %s %s', a.kind, a.owner_id, a.id),
           format('stands at %s/%s/%s/%s, its transfers say %s/%s/%s/%s', a.debits_posted,
                  a.credits_posted, a.debits_pending, a.credits_pending,
                  coalesce(c.debits_posted, 0) + s.debits_posted,
                  coalesce(c.credits_posted, 0) + s.credits_posted,
                  coalesce(c.debits_pending, 0) + s.debits_pending,
                  coalesce(c.credits_pending, 0) + s.credits_pending)
      from (select a.id
              from ledger.account a left join ledger.checked_account c on c.account_id = a.id
             where a.last_at is distinct from c.last_at
                or (a.debits_posted, a.credits_posted, a.debits_pending, a.credits_pending)
                   <> (c.debits_posted, c.credits_posted, c.debits_pending, c.credits_pending)
             union
            select debit_account_id from ledger.transfer where created_at >= $1
             union
            select credit_account_id from ledger.transfer where created_at >= $1) moved
      join ledger.account a on a.id = moved.id
      left join ledger.checked_account c on c.account_id = a.id
     cross join lateral (
           select coalesce(sum(e.posted) filter (where e.is_debit), 0)      as debits_posted,
                  coalesce(sum(e.posted) filter (where not e.is_debit), 0)  as credits_posted,
                  coalesce(sum(e.pending) filter (where e.is_debit), 0)     as debits_pending,
                  coalesce(sum(e.pending) filter (where not e.is_debit), 0) as credits_pending
             from (select side.is_debit,
                          case when side.phase in ('single', 'post') then side.amount else 0 end
                              as posted,
                          case when side.phase = 'pending' then side.amount
                               else coalesce(-(select hold.amount
                                                 from ledger.transfer hold
                                                where hold.id = side.pending_id), 0) end
                              as pending
                     from (select true as is_debit, phase, amount, pending_id
                             from ledger.transfer
                            where debit_account_id = a.id
                              and at > coalesce(c.last_at, '-infinity')
                            union all
                           select false, phase, amount, pending_id
                             from ledger.transfer
                            where credit_account_id = a.id
                              and at > coalesce(c.last_at, '-infinity')) side) e) s
     where (a.debits_posted, a.credits_posted, a.debits_pending, a.credits_pending)
           <> (coalesce(c.debits_posted, 0) + s.debits_posted,
               coalesce(c.credits_posted, 0) + s.credits_posted,
               coalesce(c.debits_pending, 0) + s.debits_pending,
               coalesce(c.credits_pending, 0) + s.credits_pending))sql"};

PG_STATEMENT constexpr pg::Sql check_floors_sql{"ledger.check_floors", R"sql(
    select 'I3', format('account %s %s', a.kind, a.owner_id), 'below its floor'
      from ledger.account a join ledger.account_kind k on k.kind = a.kind
     where k.floor
       and case k.side when 'C' then a.debits_posted + a.debits_pending > a.credits_posted
                       else a.credits_posted + a.credits_pending > a.debits_posted end
    union all
    select 'I4', format('transfer %s', t.id), 'crosses currencies'
      from ledger.transfer t
      join ledger.account d on d.id = t.debit_account_id
      join ledger.account c on c.id = t.credit_account_id
     where t.created_at >= $1 and (t.currency <> d.currency or t.currency <> c.currency))sql"};

PG_STATEMENT constexpr pg::Sql check_holds_sql{"ledger.check_holds", R"sql(
    select 'I5', format('hold %s', pending_id), format('resolved %s times', count(*))
      from ledger.transfer
     where phase in ('post', 'void')
       and pending_id in (select pending_id from ledger.transfer
                           where phase in ('post', 'void') and created_at >= $1)
     group by pending_id
    having count(*) > 1
    union all
    select 'I5', format('hold %s', t.id), format('open since its time-out %s', t.timeout_at)
      from ledger.transfer t
     where t.phase = 'pending' and t.timeout_at >= $1
       and t.timeout_at < $2::timestamptz - interval '60 seconds'
       and not exists (select from ledger.transfer r
                        where r.pending_id = t.id and r.phase in ('post', 'void')))sql"};

PG_STATEMENT constexpr pg::Sql check_acts_sql{"ledger.check_acts", R"sql(
    select 'I16', format('act %s', a.key), 'its legs do not give its fingerprint'
      from ledger.act a
     where a.created_at >= $1 and ledger.fingerprint(a.legs) <> a.fingerprint
    union all
    select 'I16', format('act %s leg %s', a.key, l.n - 1), 'was not posted as the act says'
      from ledger.act a
     cross join lateral jsonb_array_elements(a.legs) with ordinality l (leg, n)
      left join ledger.transfer t on t.act_id = a.id and t.leg = l.n - 1
     where a.created_at >= $1
       and (not (l.leg ? 'up_to') and not (l.leg ? 'rest_of')
            and coalesce((l.leg ->> 'amount')::bigint, t.amount, -1) <> coalesce(t.amount, 0)
            or t.kind <> l.leg ->> 'kind' or t.phase <> l.leg ->> 'phase')
    union all
    select 'I16', format('transfer %s', t.id), 'belongs to no leg of its act'
      from ledger.transfer t join ledger.act a on a.id = t.act_id
     where t.created_at >= $1 and t.leg >= jsonb_array_length(a.legs))sql"};

namespace {

void add(std::vector<Finding>& findings, const pg::Rows& rows) {
    for (int i = 0; i < rows.size(); ++i)
        findings.push_back({rows[i].get<std::string>(0), rows[i].get<std::string>(1),
                            rows[i].get<std::string>(2)});
}

}  // namespace

Task<std::vector<Finding>> check_books(pg::Tx& tx, const CheckRange& range, UtcTime now) {
    std::vector<Finding> findings;
    add(findings, co_await tx.query(check_sums_sql));
    if (range.scope == CheckScope::full)
        add(findings, co_await tx.query(check_accounts_sql));
    else
        add(findings, co_await tx.query(check_moved_accounts_sql, range.from));
    add(findings, co_await tx.query(check_floors_sql, range.from));
    add(findings, co_await tx.query(check_holds_sql, range.from, now));
    add(findings, co_await tx.query(check_acts_sql, range.from));
    co_return findings;
}

PG_STATEMENT constexpr pg::Sql insert_check_run_sql{"ledger.insert_check_run", R"sql(
    insert into ledger.check_run (started_at, finished_at, scope, ok, findings, seen_until)
    values ($1, $2, $3, $4, $5, $6))sql"};

PG_STATEMENT constexpr pg::Sql save_marks_sql{"ledger.save_check_marks", R"sql(
    insert into ledger.checked_account as c
           (account_id, last_at, debits_posted, credits_posted, debits_pending, credits_pending)
    select a.id, a.last_at, a.debits_posted, a.credits_posted, a.debits_pending, a.credits_pending
      from ledger.account a
      left join ledger.checked_account known on known.account_id = a.id
     where a.last_at is distinct from known.last_at
        on conflict (account_id) do update
       set last_at = excluded.last_at,
           debits_posted = excluded.debits_posted, credits_posted = excluded.credits_posted,
           debits_pending = excluded.debits_pending, credits_pending = excluded.credits_pending)sql"};

void record_check(pg::Tx& tx, const CheckRun& run) {
    boost::json::array findings;
    std::set<std::string> broken;
    for (const Finding& finding : run.findings) {
        findings.push_back({{"invariant", finding.invariant},
                            {"subject", finding.subject},
                            {"text", finding.text}});
        broken.insert(finding.invariant);
    }
    const bool ok = run.findings.empty();
    tx.enqueue(insert_check_run_sql, run.started_at, run.finished_at, run.range.scope, ok,
               boost::json::value(std::move(findings)), run.range.until);
    if (ok) tx.enqueue(save_marks_sql);
    for (const std::string& invariant : broken)
        events::emit(tx, "ledger.imbalance", {{"invariant", invariant}}, run.finished_at);
}

}  // namespace taama::ledger
