#include "modules/payments/payments.hpp"

#include "modules/payments/payment.hpp"

namespace taama::payments {

namespace {

PaymentSummary to_summary(const pg::Row& row) {
    PaymentSummary summary;
    const auto currency = row.get<Currency>(2);
    summary.amount_paid = {row.get<std::int64_t>(0), currency};
    summary.refunded_amount = {row.get<std::int64_t>(1), currency};
    row.read(3, summary.method);
    row.read(4, summary.payment_id);
    row.read(5, summary.last_paid_at);
    if (summary.amount_paid.minor > 0)
        summary.payment_status = summary.refunded_amount == summary.amount_paid
                                     ? PaymentProgress::refunded
                                     : PaymentProgress::paid;
    return summary;
}

}  // namespace

// Money that the deal never took (late, or twice) is no part of it.
PG_STATEMENT constexpr pg::Sql payment_summary_sql{"payments.payment_summary", R"sql(
    select coalesce(sum(amount) filter (where taken), 0)::bigint,
           coalesce(sum(refunded_amount) filter (where taken), 0)::bigint,
           coalesce(max(currency), 'XOF'),
           (array_agg(method order by taken desc, created_at desc))[1],
           (array_agg(id order by taken desc, created_at desc))[1],
           max(paid_at) filter (where taken)
      from payments.payment
     where subject_type = $1 and subject_id = $2)sql"};

Task<PaymentSummary> payment_summary(pg::Tx& tx, const Subject& deal) {
    const pg::Rows rows = co_await tx.query(payment_summary_sql, deal.type, deal.id);
    co_return to_summary(rows[0]);
}

Task<PaymentSummary> payment_summary(pg::Db& db, const Subject& deal) {
    const pg::Rows rows = co_await db.query(payment_summary_sql, deal.type, deal.id);
    co_return to_summary(rows[0]);
}

}  // namespace taama::payments
