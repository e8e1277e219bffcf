#include "modules/payments/payment_store.hpp"

namespace taama::payments {

PG_STATEMENT constexpr pg::Sql find_payment_sql{"payments.find_payment", R"sql(
    select id, reference, purpose, subject_type, subject_id, part, user_id, method, provider, attempt,
           amount, currency, fees, status, provider_ref, provider_txn_id, refund_ability,
           secrets_sealed, payer_phone_sealed, redirect_url, qr_text, return_url, failure_code,
           failure_message, under_review, taken, refund_reserved, refunded_amount, pay_before,
           expires_at, started_at, calling_until, asked_at, polls, late, paid_at, created_at,
           updated_at
      from payments.payment where id = $1)sql"};

Task<std::optional<Payment>> find_payment(pg::Tx& tx, PaymentId id) {
    const pg::Rows rows = co_await tx.query(find_payment_sql, id);
    co_return rows.at_most_one<Payment>();
}

Task<std::optional<Payment>> find_payment(pg::Db& db, PaymentId id) {
    const pg::Rows rows = co_await db.query(find_payment_sql, id);
    co_return rows.at_most_one<Payment>();
}

PG_STATEMENT constexpr pg::Sql find_by_provider_ref_sql{"payments.find_by_provider_ref", R"sql(
    select id, reference, purpose, subject_type, subject_id, part, user_id, method, provider, attempt,
           amount, currency, fees, status, provider_ref, provider_txn_id, refund_ability,
           secrets_sealed, payer_phone_sealed, redirect_url, qr_text, return_url, failure_code,
           failure_message, under_review, taken, refund_reserved, refunded_amount, pay_before,
           expires_at, started_at, calling_until, asked_at, polls, late, paid_at, created_at,
           updated_at
      from payments.payment where provider = $1 and provider_ref = $2)sql"};

Task<std::optional<Payment>> find_payment_by_provider_ref(pg::Tx& tx, std::string_view provider,
                                                          std::string_view provider_ref) {
    const pg::Rows rows = co_await tx.query(find_by_provider_ref_sql, provider, provider_ref);
    co_return rows.at_most_one<Payment>();
}

PG_STATEMENT constexpr pg::Sql lock_payment_sql{"payments.lock_payment", R"sql(
    select id, reference, purpose, subject_type, subject_id, part, user_id, method, provider, attempt,
           amount, currency, fees, status, provider_ref, provider_txn_id, refund_ability,
           secrets_sealed, payer_phone_sealed, redirect_url, qr_text, return_url, failure_code,
           failure_message, under_review, taken, refund_reserved, refunded_amount, pay_before,
           expires_at, started_at, calling_until, asked_at, polls, late, paid_at, created_at,
           updated_at
      from payments.payment where id = $1 for update)sql"};

Task<Payment> lock_payment(pg::Tx& tx, PaymentId id) {
    const pg::Rows rows = co_await tx.query(lock_payment_sql, id);
    co_return rows.one<Payment>();
}

PG_STATEMENT constexpr pg::Sql lock_live_payment_sql{"payments.lock_live_payment", R"sql(
    select id, reference, purpose, subject_type, subject_id, part, user_id, method, provider, attempt,
           amount, currency, fees, status, provider_ref, provider_txn_id, refund_ability,
           secrets_sealed, payer_phone_sealed, redirect_url, qr_text, return_url, failure_code,
           failure_message, under_review, taken, refund_reserved, refunded_amount, pay_before,
           expires_at, started_at, calling_until, asked_at, polls, late, paid_at, created_at,
           updated_at
      from payments.payment
     where subject_type = $1 and subject_id = $2 and part = $3 and status in ('init', 'authorized')
       for update)sql"};

Task<std::optional<Payment>> lock_live_payment(pg::Tx& tx, const ledger::Subject& deal,
                                               std::string_view part) {
    const pg::Rows rows = co_await tx.query(lock_live_payment_sql, deal.type, deal.id, part);
    co_return rows.at_most_one<Payment>();
}

PG_STATEMENT constexpr pg::Sql lock_captured_sql{"payments.lock_captured", R"sql(
    select id, reference, purpose, subject_type, subject_id, part, user_id, method, provider, attempt,
           amount, currency, fees, status, provider_ref, provider_txn_id, refund_ability,
           secrets_sealed, payer_phone_sealed, redirect_url, qr_text, return_url, failure_code,
           failure_message, under_review, taken, refund_reserved, refunded_amount, pay_before,
           expires_at, started_at, calling_until, asked_at, polls, late, paid_at, created_at,
           updated_at
      from payments.payment
     where subject_type = $1 and subject_id = $2 and status in ('paid', 'refunded')
     order by created_at, id
       for update)sql"};

Task<std::vector<Payment>> lock_captured_payments(pg::Tx& tx, const ledger::Subject& deal) {
    const pg::Rows rows = co_await tx.query(lock_captured_sql, deal.type, deal.id);
    co_return rows.all<Payment>();
}

PG_STATEMENT constexpr pg::Sql find_history_sql{"payments.find_history", R"sql(
    select count(*)::smallint,
           (array_agg(id) filter (where taken and status = 'paid' and refund_reserved < amount))[1]
      from payments.payment
     where subject_type = $1 and subject_id = $2 and part = $3)sql"};

Task<DealHistory> find_history(pg::Tx& tx, const ledger::Subject& deal, std::string_view part) {
    const pg::Rows rows = co_await tx.query(find_history_sql, deal.type, deal.id, part);
    DealHistory history;
    rows[0].read(0, history.attempts);
    rows[0].read(1, history.taken_by);
    co_return history;
}

PG_STATEMENT constexpr pg::Sql insert_payment_sql{"payments.insert_payment", R"sql(
    with added as (
        insert into payments.payment
               (id, reference, purpose, subject_type, subject_id, part, user_id, method, provider,
                attempt, amount, currency, status, refund_ability, payer_phone_sealed, return_url,
                pay_before, expires_at, calling_until, created_at, updated_at)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, 'init', $13, $14, $15, $16, $17,
                $18, $19, $19))
    insert into payments.payment_event (payment_id, to_status, source, at)
    values ($1, 'init', $20, $19))sql"};

void save_new_payment(pg::Tx& tx, const Payment& p, Source source) {
    tx.enqueue_one(insert_payment_sql, p.id, p.reference, p.purpose, p.subject_type, p.subject_id,
                   p.part, p.user_id, p.method, p.provider, p.attempt, p.amount, p.currency,
                   p.refund_ability, p.payer_phone_sealed, p.return_url, p.pay_before, p.expires_at,
                   p.calling_until, p.created_at, source);
}

// The guard repeats what the flow decided on the locked row.
PG_STATEMENT constexpr pg::Sql update_payment_sql{"payments.update_payment", R"sql(
    with changed as (
        update payments.payment
           set status = $3, provider_ref = $4, provider_txn_id = $5, redirect_url = $6, qr_text = $7,
               secrets_sealed = $8, failure_code = $9, failure_message = $10, under_review = $11,
               taken = $12, refund_reserved = $13, refunded_amount = $14, expires_at = $15,
               started_at = $16, calling_until = null, late = $17, paid_at = $18, fees = $19,
               act_id = coalesce($20, act_id), next_poll_at = $21,
               closed_at = case when $3 = 'failed' then $22 else closed_at end, updated_at = $22
         where id = $1 and status = $2
        returning id)
    insert into payments.payment_event (payment_id, from_status, to_status, source, meta, at)
    select id, $2, $3, $23, $24, $22 from changed)sql"};

void save_payment(pg::Tx& tx, const Payment& p, const PaymentChange& change, UtcTime now) {
    tx.enqueue_one(update_payment_sql, p.id, change.from, p.status, p.provider_ref,
                   p.provider_txn_id, p.redirect_url, p.qr_text, p.secrets_sealed, p.failure_code,
                   p.failure_message, p.under_review, p.taken, p.refund_reserved, p.refunded_amount,
                   p.expires_at, p.started_at, p.late, p.paid_at, p.fees, change.act_id,
                   change.next_poll_at, now, change.source, change.meta);
}

PG_STATEMENT constexpr pg::Sql update_session_sql{"payments.update_session", R"sql(
    update payments.payment
       set provider_ref = $2, provider_txn_id = $3, redirect_url = $4, qr_text = $5,
           secrets_sealed = $6, expires_at = $7, started_at = $8, calling_until = null,
           next_poll_at = coalesce($9, next_poll_at), updated_at = $10
     where id = $1)sql"};

void save_session(pg::Tx& tx, const Payment& p, std::optional<UtcTime> next_poll_at, UtcTime now) {
    tx.enqueue_one(update_session_sql, p.id, p.provider_ref, p.provider_txn_id, p.redirect_url,
                   p.qr_text, p.secrets_sealed, p.expires_at, p.started_at, next_poll_at, now);
}

PG_STATEMENT constexpr pg::Sql update_refund_sums_sql{"payments.update_refund_sums", R"sql(
    update payments.payment
       set refund_reserved = $2, refunded_amount = $3, updated_at = $4
     where id = $1)sql"};

void save_refund_sums(pg::Tx& tx, const Payment& p, UtcTime now) {
    tx.enqueue_one(update_refund_sums_sql, p.id, p.refund_reserved, p.refunded_amount, now);
}

PG_STATEMENT constexpr pg::Sql save_calling_until_sql{"payments.save_calling_until", R"sql(
    update payments.payment set calling_until = $2 where id = $1 and started_at is null)sql"};

Task<void> save_calling_until(pg::Db& db, PaymentId id, UtcTime until) {
    co_await db.query(save_calling_until_sql, id, until);
}

PG_STATEMENT constexpr pg::Sql take_start_sql{"payments.take_start", R"sql(
    update payments.payment set calling_until = $3
     where id = $1 and status = 'init' and started_at is null and calling_until <= $2
    returning id)sql"};

Task<bool> take_start(pg::Db& db, PaymentId id, UtcTime now, UtcTime until) {
    const pg::Rows rows = co_await db.query(take_start_sql, id, now, until);
    co_return !rows.empty();
}

PG_STATEMENT constexpr pg::Sql find_unanswered_sql{"payments.find_unanswered", R"sql(
    select id from payments.payment
     where status = 'init' and started_at is null and calling_until <= $1
     order by calling_until limit 200)sql"};

Task<std::vector<PaymentId>> find_unanswered(pg::Tx& tx, UtcTime now) {
    const pg::Rows rows = co_await tx.query(find_unanswered_sql, now);
    co_return rows.all<PaymentId>();
}

PG_STATEMENT constexpr pg::Sql take_due_polls_sql{"payments.take_due_polls", R"sql(
    select id, created_at, expires_at
      from payments.payment
     where status in ('init', 'authorized', 'failed') and next_poll_at <= $1
     order by next_poll_at limit 200
       for update skip locked)sql"};

Task<std::vector<DuePoll>> take_due_polls(pg::Tx& tx, UtcTime now) {
    const pg::Rows rows = co_await tx.query(take_due_polls_sql, now);
    co_return rows.all<DuePoll>();
}

PG_STATEMENT constexpr pg::Sql save_next_poll_sql{"payments.save_next_poll", R"sql(
    update payments.payment
       set next_poll_at = $2, polls = polls + 1, asked_at = $3
     where id = $1)sql"};

void save_next_poll(pg::Tx& tx, PaymentId id, std::optional<UtcTime> next_poll_at, UtcTime now) {
    tx.enqueue_one(save_next_poll_sql, id, next_poll_at, now);
}

PG_STATEMENT constexpr pg::Sql find_expired_sql{"payments.find_expired", R"sql(
    select id from payments.payment
     where status in ('init', 'authorized') and expires_at <= $1
     order by expires_at limit 200)sql"};

Task<std::vector<PaymentId>> find_expired(pg::Tx& tx, UtcTime now) {
    const pg::Rows rows = co_await tx.query(find_expired_sql, now);
    co_return rows.all<PaymentId>();
}

PG_STATEMENT constexpr pg::Sql save_asked_sql{"payments.save_asked", R"sql(
    update payments.payment set asked_at = $2
     where id = $1 and (asked_at is null or asked_at < $3)
    returning id)sql"};

Task<bool> save_asked(pg::Db& db, PaymentId id, UtcTime now, Seconds apart) {
    const pg::Rows rows = co_await db.query(save_asked_sql, id, now, now - apart);
    co_return !rows.empty();
}

PG_STATEMENT constexpr pg::Sql find_payments_sql{"payments.find_payments", R"sql(
    select id, reference, purpose, subject_type, subject_id, part, user_id, method, provider, attempt,
           amount, currency, fees, status, provider_ref, provider_txn_id, refund_ability,
           secrets_sealed, payer_phone_sealed, redirect_url, qr_text, return_url, failure_code,
           failure_message, under_review, taken, refund_reserved, refunded_amount, pay_before,
           expires_at, started_at, calling_until, asked_at, polls, late, paid_at, created_at,
           updated_at
      from payments.payment
     where user_id = $1
       and ($2::text[] = '{}' or status = any ($2))
       and ($3::text[] = '{}' or method = any ($3))
       and ($4::text[] = '{}' or purpose = any ($4))
       and ($5::timestamptz is null or created_at >= $5)
       and ($6::timestamptz is null or created_at <= $6)
     order by case when $7 then created_at end, created_at desc, id
     limit $8 offset $9)sql"};

PG_STATEMENT constexpr pg::Sql count_payments_sql{"payments.count_payments", R"sql(
    select count(*)
      from payments.payment
     where user_id = $1
       and ($2::text[] = '{}' or status = any ($2))
       and ($3::text[] = '{}' or method = any ($3))
       and ($4::text[] = '{}' or purpose = any ($4))
       and ($5::timestamptz is null or created_at >= $5)
       and ($6::timestamptz is null or created_at <= $6))sql"};

Task<PaymentPage> find_payments(pg::Db& db, const PaymentFilter& f) {
    PaymentPage page;
    const pg::Rows rows = co_await db.query_slow(
        find_payments_sql, f.user_id, f.statuses, f.methods, f.purposes, f.created_at_gte,
        f.created_at_lte, f.oldest_first, f.limit, f.offset);
    page.payments = rows.all<Payment>();
    const pg::Rows count =
        co_await db.query_slow(count_payments_sql, f.user_id, f.statuses, f.methods, f.purposes,
                               f.created_at_gte, f.created_at_lte);
    page.total = count.one<std::int64_t>();
    co_return page;
}

}  // namespace taama::payments
