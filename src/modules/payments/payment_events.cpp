#include "modules/payments/payment_events.hpp"

#include "platform/events/events.hpp"

namespace taama::payments {

namespace {

template <class E>
std::string_view word(E value) {
    return boost::describe::enum_to_string(value, "");
}

boost::json::object payload_of(const Payment& payment) {
    return {
        {"payment_id", payment.id.to_string()},
        {"reference", payment.reference},
        {"user_id", payment.user_id.to_string()},
        {"subject", {{"type", word(payment.subject_type)}, {"id", payment.subject_id.to_string()}}},
        {"method", word(payment.method)},
        {"provider", payment.provider},
        {"currency", to_string(payment.currency)}};
}

boost::json::object payload_of(const Payment& payment, const Refund& refund) {
    boost::json::object payload = payload_of(payment);
    payload["refund_id"] = refund.id.to_string();
    payload["amount"] = refund.amount;
    payload["target"] = word(refund.target);
    return payload;
}

}  // namespace

void emit_initiated(pg::Tx& tx, const Payment& payment, UtcTime now) {
    boost::json::object payload = payload_of(payment);
    payload["amount"] = payment.amount;
    events::emit(tx, "payment.initiated", std::move(payload), now);
}

void emit_authorized(pg::Tx& tx, const Payment& payment, UtcTime now) {
    boost::json::object payload = payload_of(payment);
    payload["amount"] = payment.amount;
    events::emit(tx, "payment.authorized", std::move(payload), now);
}

void emit_paid(pg::Tx& tx, const Payment& payment, UtcTime now) {
    boost::json::object payload = payload_of(payment);
    payload["amount"] = payment.amount;
    payload["late"] = payment.late;
    events::emit(tx, "payment.paid", std::move(payload), now);
    const std::chrono::duration<double> took = now - payment.created_at;
    tx.tell("payment.took", {{"provider", payment.provider}, {"seconds", took.count()}});
    if (payment.late)
        tx.tell("payment.came_late", {{"outcome", payment.taken ? "taken" : "returned"}});
}

void emit_failed(pg::Tx& tx, const Payment& payment, UtcTime now) {
    boost::json::object payload = payload_of(payment);
    payload["code"] = word(payment.failure_code.value());
    events::emit(tx, "payment.failed", std::move(payload), now);
}

void emit_refund_requested(pg::Tx& tx, const Payment& payment, const Refund& refund, UtcTime now) {
    events::emit(tx, "refund.requested", payload_of(payment, refund), now);
}

void emit_refund_failed(pg::Tx& tx, const Payment& payment, const Refund& refund, UtcTime now) {
    events::emit(tx, "refund.failed", payload_of(payment, refund), now);
}

void emit_refund_completed(pg::Tx& tx, const Payment& payment, const Refund& refund,
                           const RefundSums& sums, UtcTime now) {
    boost::json::object payload = payload_of(payment, refund);
    payload["refunded_total"] = sums.refunded_total.minor;
    payload["whole"] = sums.whole;
    if (sums.whole) tx.tell("payment.refunded", payload);
    events::emit(tx, "refund.completed", std::move(payload), now);
}

void emit_earnings_credited(pg::Tx& tx, const ledger::Subject& deal, const Allocation& allocation,
                            Currency currency, UtcTime now) {
    events::emit(tx, "earnings.credited",
                 {{"owner",
                   {{"type", word(allocation.seller_type)},
                    {"id", allocation.seller_id.value().to_string()}}},
                  {"subject", {{"type", word(deal.type)}, {"id", deal.id.to_string()}}},
                  {"amount", allocation.net},
                  {"currency", to_string(currency)}},
                 now);
}

}  // namespace taama::payments
