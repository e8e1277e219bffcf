#include "modules/payments/refund_store.hpp"

#include "platform/events/events.hpp"

namespace taama::payments {

PG_STATEMENT constexpr pg::Sql find_refund_sql{"payments.find_refund", R"sql(
    select id, reference, payment_id, amount, currency, reason, target, status, hold_act, hold_leg,
           tries
      from payments.refund where id = $1)sql"};

Task<std::optional<Refund>> find_refund(pg::Tx& tx, RefundId id) {
    const pg::Rows rows = co_await tx.query(find_refund_sql, id);
    co_return rows.at_most_one<Refund>();
}

PG_STATEMENT constexpr pg::Sql lock_refund_sql{"payments.lock_refund", R"sql(
    select id, reference, payment_id, amount, currency, reason, target, status, hold_act, hold_leg,
           tries
      from payments.refund where id = $1 for update)sql"};

Task<Refund> lock_refund(pg::Tx& tx, RefundId id) {
    const pg::Rows rows = co_await tx.query(lock_refund_sql, id);
    co_return rows.one<Refund>();
}

PG_STATEMENT constexpr pg::Sql insert_refund_sql{"payments.insert_refund", R"sql(
    insert into payments.refund
           (id, reference, payment_id, amount, currency, reason, target, status, hold_act, hold_leg,
            requested_by_type, done_at, created_at, updated_at)
    values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, 'system',
            case when $8 = 'done' then $11::timestamptz end, $11, $11))sql"};

void save_new_refund(pg::Tx& tx, const Refund& r, UtcTime now) {
    tx.enqueue_one(insert_refund_sql, r.id, r.reference, r.payment_id, r.amount, r.currency,
                   r.reason, r.target, r.status, r.hold_act, r.hold_leg, now);
}

PG_STATEMENT constexpr pg::Sql update_refund_sql{"payments.update_refund", R"sql(
    update payments.refund
       set status = $2, provider_ref = coalesce(nullif($3, ''), provider_ref),
           failure_code = nullif($4, ''),
           tries = tries + case when $2 = 'processing' then 1 else 0 end,
           done_at = case when $2 = 'done' then $5::timestamptz end, updated_at = $5
     where id = $1)sql"};

void save_refund(pg::Tx& tx, RefundId id, const RefundOutcome& outcome, UtcTime now) {
    tx.enqueue_one(update_refund_sql, id, outcome.status, outcome.provider_ref,
                   outcome.failure_code, now);
}

PG_STATEMENT constexpr pg::Sql find_stuck_refunds_sql{"payments.find_stuck_refunds", R"sql(
    select id from payments.refund
     where status in ('requested', 'processing') and updated_at <= $1
     order by updated_at limit 100)sql"};

Task<std::vector<RefundId>> find_stuck_refunds(pg::Tx& tx, UtcTime idle_since) {
    const pg::Rows rows = co_await tx.query(find_stuck_refunds_sql, idle_since);
    co_return rows.all<RefundId>();
}

PG_STATEMENT constexpr pg::Sql find_refunds_sql{"payments.find_refunds", R"sql(
    select id, reference, payment_id, amount, currency, reason, scope, liability, target, status,
           failure_code as failure, created_at, done_at
      from payments.refund
     where payment_id = $1
     order by created_at desc, id)sql"};

Task<std::vector<RefundView>> find_refunds(pg::Db& db, PaymentId payment_id) {
    const pg::Rows rows = co_await db.query(find_refunds_sql, payment_id);
    std::vector<RefundView> refunds = rows.all<RefundView>();
    for (RefundView& refund : refunds) refund.amount.currency = refund.currency;
    co_return refunds;
}

PG_STATEMENT constexpr pg::Sql lock_allocations_sql{"payments.lock_allocations", R"sql(
    select position, part, seller_type, seller_id, vertical, gross, commission, net,
           fee_schedule_id, paid_seller, paid_commission, back_gross
      from payments.allocation
     where subject_type = $1 and subject_id = $2
     order by position
       for update)sql"};

Task<std::vector<Allocation>> lock_allocations(pg::Tx& tx, const ledger::Subject& deal) {
    const pg::Rows rows = co_await tx.query(lock_allocations_sql, deal.type, deal.id);
    co_return rows.all<Allocation>();
}

PG_STATEMENT constexpr pg::Sql insert_allocation_sql{"payments.insert_allocation", R"sql(
    insert into payments.allocation
           (subject_type, subject_id, position, part, seller_type, seller_id, vertical, gross,
            commission, net, currency, fee_schedule_id, backed)
    values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $8))sql"};

void save_allocations(pg::Tx& tx, const ledger::Subject& deal, Currency currency,
                      const std::vector<Allocation>& allocations) {
    for (const Allocation& a : allocations)
        tx.enqueue_one(insert_allocation_sql, deal.type, deal.id, a.position, a.part, a.seller_type,
                       a.seller_id, a.vertical, a.gross, a.commission, a.net, currency,
                       a.fee_schedule_id);
}

PG_STATEMENT constexpr pg::Sql settle_allocations_sql{"payments.settle_allocations", R"sql(
    update payments.allocation
       set paid_seller = net, paid_commission = commission, updated_at = $3
     where subject_type = $1 and subject_id = $2)sql"};

void save_allocations_settled(pg::Tx& tx, const ledger::Subject& deal, UtcTime now) {
    tx.enqueue(settle_allocations_sql, deal.type, deal.id, now);
}

// Before the settlement: the sellers never had it.
PG_STATEMENT constexpr pg::Sql return_allocations_sql{"payments.return_allocations", R"sql(
    update payments.allocation
       set back_gross = gross, updated_at = $3
     where subject_type = $1 and subject_id = $2)sql"};

void save_allocations_returned(pg::Tx& tx, const ledger::Subject& deal, UtcTime now) {
    tx.enqueue(return_allocations_sql, deal.type, deal.id, now);
}

PG_STATEMENT constexpr pg::Sql find_discount_sql{"payments.find_discount", R"sql(
    select debit_owner, amount
      from ledger.movement
     where subject_type = $1 and subject_id = $2 and kind = 'promo_discount')sql"};

Task<std::optional<acts::DiscountLeg>> find_discount(pg::Tx& tx, const ledger::Subject& deal) {
    const pg::Rows rows = co_await tx.query(find_discount_sql, deal.type, deal.id.to_string());
    if (rows.empty()) co_return std::nullopt;
    co_return acts::DiscountLeg{rows[0].get<std::string>(0), rows[0].get<std::int64_t>(1)};
}

PG_STATEMENT constexpr pg::Sql current_schedule_sql{"payments.current_schedule", R"sql(
    select id, vertical, version, percent_bp, fixed, min, max, buyer_percent_bp, buyer_fixed
      from payments.fee_schedule
     where vertical = $1 and effective_from <= $2
     order by version desc
     limit 1)sql"};

Task<FeeSchedule> current_schedule(pg::Tx& tx, Vertical vertical, UtcTime now) {
    const pg::Rows rows = co_await tx.query(current_schedule_sql, vertical, now);
    co_return rows.one<FeeSchedule>();
}

PG_STATEMENT constexpr pg::Sql find_current_schedules_sql{"payments.find_current_schedules", R"sql(
    select distinct on (vertical) id, vertical, version, percent_bp, fixed, min, max,
           buyer_percent_bp, buyer_fixed
      from payments.fee_schedule
     where effective_from <= $1
     order by vertical, version desc)sql"};

Task<std::vector<FeeSchedule>> find_current_schedules(pg::Db& db, UtcTime now) {
    const pg::Rows rows = co_await db.query(find_current_schedules_sql, now);
    co_return rows.all<FeeSchedule>();
}

PG_STATEMENT constexpr pg::Sql find_schedules_sql{"payments.find_schedules", R"sql(
    select id, vertical, version, percent_bp, fixed, min, max, buyer_percent_bp, buyer_fixed
      from payments.fee_schedule
     where id = any ($1))sql"};

Task<std::vector<FeeSchedule>> find_schedules(pg::Tx& tx, const std::vector<FeeScheduleId>& ids) {
    const pg::Rows rows = co_await tx.query(find_schedules_sql, ids);
    co_return rows.all<FeeSchedule>();
}

PG_STATEMENT constexpr pg::Sql open_exception_sql{"payments.open_exception", R"sql(
    insert into payments.exception
           (kind, provider, subject_type, subject_id, expected, actual, details, created_at,
            updated_at)
    values ($1, $2, $3, $4, $5, $6, $7, $8, $8)
    on conflict (kind, provider, subject_type, subject_id) where status = 'open' do nothing
    returning id)sql"};

Task<void> open_exception(pg::Tx& tx, const NewException& e, UtcTime now) {
    const pg::Rows rows = co_await tx.query(open_exception_sql, e.kind, e.provider, e.subject_type,
                                            e.subject_id, e.expected, e.actual, e.details, now);
    if (rows.empty()) co_return;
    events::emit(tx, "reconciliation.mismatch",
                 {{"kind", e.kind},
                  {"exception_id", rows.one<Uuid>().to_string()},
                  {"provider", e.provider}},
                 now);
}

PG_STATEMENT constexpr pg::Sql close_duplicate_sql{"payments.close_duplicate", R"sql(
    update payments.exception
       set status = 'resolved', resolution = 'refunded', updated_at = $2
     where kind = 'duplicate_payment' and subject_type = 'payment' and subject_id = $1
       and status = 'open')sql"};

void close_duplicate(pg::Tx& tx, PaymentId id, UtcTime now) {
    tx.enqueue(close_duplicate_sql, id.to_string(), now);
}

}  // namespace taama::payments
