#include "modules/ledger/ledger.hpp"

#include <set>

#include "platform/events/events.hpp"

namespace taama::ledger {

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
     where t.currency <> d.currency or t.currency <> c.currency)sql"};

PG_STATEMENT constexpr pg::Sql check_holds_sql{"ledger.check_holds", R"sql(
    select 'I5', format('hold %s', pending_id), format('resolved %s times', count(*))
      from ledger.transfer
     where phase in ('post', 'void')
     group by pending_id
    having count(*) > 1
    union all
    select 'I5', format('hold %s', t.id), format('open since its time-out %s', t.timeout_at)
      from ledger.transfer t
     where t.phase = 'pending' and t.timeout_at < $1::timestamptz - interval '60 seconds'
       and not exists (select from ledger.transfer r
                        where r.pending_id = t.id and r.phase in ('post', 'void')))sql"};

PG_STATEMENT constexpr pg::Sql check_acts_sql{"ledger.check_acts", R"sql(
    select 'I16', format('act %s', a.key), 'its legs do not give its fingerprint'
      from ledger.act a
     where ledger.fingerprint(a.legs) <> a.fingerprint
    union all
    select 'I16', format('act %s leg %s', a.key, l.n - 1), 'was not posted as the act says'
      from ledger.act a
     cross join lateral jsonb_array_elements(a.legs) with ordinality l (leg, n)
      left join ledger.transfer t on t.act_id = a.id and t.leg = l.n - 1
     where not (l.leg ? 'up_to') and not (l.leg ? 'rest_of')
       and coalesce((l.leg ->> 'amount')::bigint, t.amount, -1) <> coalesce(t.amount, 0)
        or t.kind <> l.leg ->> 'kind' or t.phase <> l.leg ->> 'phase'
    union all
    select 'I16', format('transfer %s', t.id), 'belongs to no leg of its act'
      from ledger.transfer t join ledger.act a on a.id = t.act_id
     where t.leg >= jsonb_array_length(a.legs))sql"};

namespace {

void add(std::vector<Finding>& findings, const pg::Rows& rows) {
    for (int i = 0; i < rows.size(); ++i)
        findings.push_back({rows[i].get<std::string>(0), rows[i].get<std::string>(1),
                            rows[i].get<std::string>(2)});
}

}  // namespace

Task<std::vector<Finding>> check_books(pg::Tx& tx, UtcTime now) {
    std::vector<Finding> findings;
    add(findings, co_await tx.query(check_sums_sql));
    add(findings, co_await tx.query(check_accounts_sql));
    add(findings, co_await tx.query(check_floors_sql));
    add(findings, co_await tx.query(check_holds_sql, now));
    add(findings, co_await tx.query(check_acts_sql));
    co_return findings;
}

PG_STATEMENT constexpr pg::Sql insert_check_run_sql{"ledger.insert_check_run", R"sql(
    insert into ledger.check_run (started_at, finished_at, scope, ok, findings)
    values ($1, $2, 'full', $3, $4))sql"};

void record_check(pg::Tx& tx, const CheckRun& run) {
    boost::json::array findings;
    std::set<std::string> broken;
    for (const Finding& finding : run.findings) {
        findings.push_back({{"invariant", finding.invariant},
                            {"subject", finding.subject},
                            {"text", finding.text}});
        broken.insert(finding.invariant);
    }
    tx.enqueue(insert_check_run_sql, run.started_at, run.finished_at, run.findings.empty(),
               boost::json::value(std::move(findings)));
    for (const std::string& invariant : broken)
        events::emit(tx, "ledger.imbalance", {{"invariant", invariant}}, run.finished_at);
}

}  // namespace taama::ledger
