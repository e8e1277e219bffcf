#include "modules/payments/check_ledger.hpp"

#include <boost/json/serialize.hpp>

#include "modules/payments/payments.hpp"

namespace taama::payments {

namespace {

// Not prepared by check-sql: it is no query.
constexpr pg::Sql one_snapshot_sql{"payments.one_snapshot",
                                   "set transaction isolation level repeatable read"};

void add(std::vector<ledger::Finding>& findings, const pg::Rows& rows) {
    for (int i = 0; i < rows.size(); ++i)
        findings.push_back({rows[i].get<std::string>(0), rows[i].get<std::string>(1),
                            rows[i].get<std::string>(2)});
}

}  // namespace

// A deal is closed when all of its allocations were handed on or went back, or it never took a
// payment.
PG_STATEMENT constexpr pg::Sql check_escrows_sql{"payments.check_escrows", R"sql(
    select 'I8', format('%s %s', p.subject_type, p.subject_id),
           format('closed, and its escrow still has %s', b.balance - b.held)
      from (select distinct subject_type, subject_id from payments.payment) p
      join ledger.account_balance b on b.kind = 'escrow' and b.owner_type = p.subject_type
                                   and b.owner_id = p.subject_id::text
     where b.balance <> b.held
       and ($1 or (p.subject_type, p.subject_id::text) in (
                select subject_type, subject_id from payments.moved_deal where created_at >= $2))
       and not exists (select from payments.allocation a
                        where a.subject_type = p.subject_type and a.subject_id = p.subject_id
                          and a.back_gross < a.gross
                          and (a.paid_seller < a.net or a.paid_commission < a.commission)))sql"};

PG_STATEMENT constexpr pg::Sql check_captures_sql{"payments.check_captures", R"sql(
    select 'I9', format('payment %s', p.reference),
           format('%s of %s, captured %s by %s acts', p.status, p.amount, c.amount, c.acts)
      from payments.payment p
      left join lateral (select count(*) as acts, coalesce(sum(m.amount), 0) as amount
                           from ledger.movement m
                          where m.subject_type = p.subject_type
                            and m.subject_id = p.subject_id::text and m.kind = 'payment_in'
                            and m.act_key = p.subject_type || ':' || p.subject_id || ':capture:' || p.id)
                c on true
     where ($1 or (p.subject_type, p.subject_id::text) in (
                select subject_type, subject_id from payments.moved_deal where created_at >= $2))
       and case when p.status in ('paid', 'refunded') then c.acts <> 1 or c.amount <> p.amount
                else c.acts <> 0 end
    union all
    select 'I9', format('payment %s', p.reference),
           format('%s, refunded_amount %s, refunds done %s', p.status, p.refunded_amount, r.amount)
      from payments.payment p
      left join lateral (select coalesce(sum(amount), 0) as amount
                           from payments.refund
                          where payment_id = p.id and status = 'done') r on true
     where ($1 or (p.subject_type, p.subject_id::text) in (
                select subject_type, subject_id from payments.moved_deal where created_at >= $2))
       and (p.refunded_amount <> r.amount
            or (p.status = 'refunded') <> (p.refunded_amount = p.amount)))sql"};

PG_STATEMENT constexpr pg::Sql check_allocations_sql{"payments.check_allocations", R"sql(
    select 'I15', format('%s %s', a.subject_type, a.subject_id),
           format('sellers %s of %s, platform %s of %s, backed %s of %s, back %s of %s',
                  m.earned, a.paid_seller, m.kept, a.paid_commission, m.taken_in, a.backed,
                  m.back, a.back_gross)
      from (select subject_type, subject_id, sum(paid_seller) as paid_seller,
                   sum(paid_commission) as paid_commission, sum(backed) as backed,
                   sum(back_gross) as back_gross
              from payments.allocation
             where ($1 or (subject_type, subject_id::text) in (
                        select subject_type, subject_id from payments.moved_deal
                         where created_at >= $2))
             group by subject_type, subject_id) a
     cross join lateral (
           select coalesce(sum(m.amount) filter (where m.kind = 'earning'), 0) as earned,
                  coalesce(sum(m.amount) filter (where m.kind in ('commission', 'service_fee')
                                                   and m.phase in ('single', 'post')), 0) as kept,
                  coalesce(sum(m.amount) filter (where m.act_kind = 'capture' and m.kind
                      in ('payment_in', 'promo_discount') and exists (
                          select from payments.payment p
                           where p.subject_type = a.subject_type and p.subject_id = a.subject_id
                             and p.taken and m.act_key = p.subject_type || ':' || p.subject_id
                                                         || ':capture:' || p.id)), 0) as taken_in,
                  coalesce(sum(m.amount) filter (where m.act_kind = 'cancel' and m.kind
                      in ('refund', 'promo_return')), 0) as back
             from ledger.movement m
            where m.subject_type = a.subject_type and m.subject_id = a.subject_id::text) m
     where (m.earned, m.kept, m.taken_in, m.back)
           <> (a.paid_seller, a.paid_commission, a.backed, a.back_gross))sql"};

std::string CheckReport::to_json() const {
    boost::json::array list;
    for (const ledger::Finding& finding : findings)
        list.push_back({{"invariant", finding.invariant},
                        {"subject", finding.subject},
                        {"text", finding.text}});
    return boost::json::serialize(
        boost::json::object{{"ok", ok()},
                            {"scope", boost::describe::enum_to_string(range.scope, "")},
                            {"started_at", to_string(started_at)},
                            {"finished_at", to_string(finished_at)},
                            {"findings", std::move(list)}});
}

namespace {

Task<CheckReport> check_in(pg::Tx& tx, const Clock& clock, ledger::CheckScope scope) {
    co_await tx.query(one_snapshot_sql);
    CheckReport report;
    report.started_at = clock.now();
    report.range = co_await ledger::range_of_check(tx, scope);
    report.findings = co_await ledger::check_books(tx, report.range, report.started_at);
    const bool all = scope == ledger::CheckScope::full;
    add(report.findings, co_await tx.query(check_escrows_sql, all, report.range.from));
    add(report.findings, co_await tx.query(check_captures_sql, all, report.range.from));
    add(report.findings, co_await tx.query(check_allocations_sql, all, report.range.from));
    report.finished_at = clock.now();
    co_return report;
}

}  // namespace

Task<CheckReport> check_ledger(pg::Db& db, const Clock& clock, ledger::CheckScope scope) {
    pg::Tx tx = co_await db.begin_long();
    co_return co_await check_in(tx, clock, scope);
}

Task<void> run_check(const Deps& deps, ledger::CheckScope scope) {
    pg::Tx tx = co_await deps.db.begin_long();
    const CheckReport report = co_await check_in(tx, deps.clock, scope);
    ledger::record_check(tx, report);
    co_await tx.commit();
}

}  // namespace taama::payments
