#include "modules/payments/payment_outcome.hpp"

#include <stdexcept>

#include "modules/payments/acts.hpp"
#include "modules/payments/fees.hpp"
#include "modules/payments/payment_events.hpp"
#include "modules/payments/payment_state.hpp"
#include "modules/payments/refund_flow.hpp"
#include "modules/payments/refund_store.hpp"
#include "platform/crypto/seal.hpp"

namespace taama::payments {

namespace {

void fill_session(const Deps& deps, Payment& payment, const Started& session, UtcTime now) {
    if (!payment.provider_ref) payment.provider_ref = session.provider_ref;
    payment.redirect_url = session.redirect_url;
    payment.qr_text = session.qr_text;
    if (session.client_secret)
        payment.secrets_sealed = deps.sealer.seal("payments.secrets", *session.client_secret);
    payment.expires_at = std::min(session.expires_at, payment.pay_before);
    payment.started_at = now;
}

void fill_references(Payment& payment, const Status& status) {
    if (!payment.provider_ref && !status.provider_ref.empty())
        payment.provider_ref = status.provider_ref;
    if (!status.provider_txn_id.empty()) payment.provider_txn_id = status.provider_txn_id;
}

// Failed by the provider, by wrong money or by us; the deal is told.
struct Failure {
    PaymentEvent event;
    PaymentActor actor;
    FailureCode code;
    std::string text{};
};
Task<void> fail(pg::Tx& tx, LockedPayment& locked, const Failure& failure, const Word& word) {
    Payment& payment = locked.payment;
    const auto to = next_state(payment.status, failure.event, failure.actor);
    if (!to) co_return;

    const PaymentStatus from = payment.status;
    payment.status = *to;
    payment.failure_code = failure.code;
    if (!failure.text.empty()) payment.failure_message = failure.text;
    // What ended without a no of the payer may still be paid there: the provider is asked for a
    // day.
    const bool may_come =
        failure.actor != PaymentActor::provider || failure.code == FailureCode::expired;
    save_payment(tx, payment,
                 {.from = from,
                  .source = word.source,
                  .meta = {{"event", boost::describe::enum_to_string(failure.event, "")}},
                  .next_poll_at =
                      may_come ? next_poll(payment.created_at, word.now, word.now) : std::nullopt},
                 word.now);
    if (!is_live(from)) co_return;
    emit_failed(tx, payment, word.now);
    co_await locked.payable.on_released(tx, payment.to_deal_payment(word.now), failure.code);
}

std::string reason_of(const Taking& taking) {
    const auto* refused = std::get_if<NotTaken>(&taking);
    return refused ? refused->reason : std::string{};
}

Task<std::vector<Allocation>> allocate_all(pg::Tx& tx, const Owed& owed) {
    std::vector<FeeScheduleId> ids;
    for (const AllocatedPart& part : owed.allocations) ids.push_back(part.fee_schedule_id);
    const std::vector<FeeSchedule> schedules = co_await find_schedules(tx, ids);

    std::vector<Allocation> allocations;
    std::int64_t gross = 0;
    for (const AllocatedPart& part : owed.allocations) {
        const auto terms = std::ranges::find(schedules, part.fee_schedule_id, &FeeSchedule::id);
        if (terms == schedules.end()) throw std::logic_error{"deal names an unknown fee schedule"};
        allocations.push_back(
            allocate(part, *terms, static_cast<std::int16_t>(allocations.size())));
        gross += part.gross.minor;
    }
    const std::int64_t discount =
        owed.discount && owed.discount->by_platform ? owed.discount->amount.minor : 0;
    if (gross != owed.amount.minor + discount)
        throw std::logic_error{"the parts of a deal do not add up to its price"};
    co_return allocations;
}

void save_paid(pg::Tx& tx, LockedPayment& locked, ledger::ActId act_id, const Word& word) {
    Payment& payment = locked.payment;
    const PaymentStatus from = payment.status;
    payment.status = PaymentStatus::paid;
    payment.failure_code.reset();
    payment.failure_message.reset();
    payment.under_review = false;
    payment.paid_at = word.now;
    save_payment(tx, payment,
                 {.from = from,
                  .source = word.source,
                  .meta = {{"taken", payment.taken}, {"late", payment.late}},
                  .act_id = act_id},
                 word.now);
    emit_paid(tx, payment, word.now);
}

// Money that the deal does not take goes back by itself, begun in the same transaction.
Task<void> capture_unserved(pg::Tx& tx, LockedPayment& locked, std::string reason,
                            const Word& word) {
    Payment& payment = locked.payment;
    Refund refund = make_refund(payment, payment.amount, reason);
    const ledger::Act act = acts::capture_unserved(payment, to_leg(payment, refund), reason);
    const ledger::Posted posted = co_await ledger::post(tx, act, word.now);
    if (refund.target == RefundTarget::origin) {
        refund.hold_act = act.key;
        refund.hold_leg = 1;
    }
    payment.refund_reserved = payment.amount;
    save_paid(tx, locked, posted.id, word);
    co_await begin_refund(tx, payment, refund, {posted, 1}, word.now);
}

Task<void> receive_money(pg::Tx& tx, LockedPayment& locked, const Status& status,
                         const Word& word) {
    Payment& payment = locked.payment;
    payment.late = payment.status == PaymentStatus::failed;
    payment.fees = status.fee_minor.value_or(0);
    const DealHistory history = co_await find_history(tx, payment.subject(), payment.part);
    if (history.taken_by) {
        co_await open_exception(tx,
                                {.kind = "duplicate_payment",
                                 .provider = payment.provider,
                                 .subject_type = "payment",
                                 .subject_id = payment.id.to_string(),
                                 .actual = payment.amount},
                                word.now);
        co_await capture_unserved(tx, locked, "duplicate_payment", word);
    } else if (locked.owed.amount != payment.money()) {
        co_await capture_unserved(tx, locked, "amount_changed", word);
    } else {
        const Taking taking =
            co_await locked.payable.on_paid(tx, payment.to_deal_payment(word.now));
        if (std::holds_alternative<NotTaken>(taking)) {
            co_await capture_unserved(tx, locked, reason_of(taking), word);
        } else {
            const std::vector<Allocation> allocations = co_await allocate_all(tx, locked.owed);
            const ledger::Posted posted = co_await ledger::post(
                tx, acts::capture(payment, allocations, to_leg(locked.owed.discount)), word.now);
            save_allocations(tx, payment.subject(), payment.currency, allocations);
            payment.taken = true;
            save_paid(tx, locked, posted.id, word);
        }
    }
    if (payment.fees > 0)
        co_await ledger::post(tx, acts::provider_fee(payment, payment.fees), word.now);
}

Task<void> open_mismatch(pg::Tx& tx, const Payment& payment, const Status& status,
                         std::string_view kind, UtcTime now) {
    co_await open_exception(
        tx,
        {.kind = std::string{kind},
         .provider = payment.provider,
         .subject_type = "payment",
         .subject_id = payment.id.to_string(),
         .expected = payment.amount,
         .actual = status.amount_minor,
         .details = {{"currency", status.currency}, {"provider_ref", status.provider_ref}}},
        now);
}

// Paid, but not what we asked for. In our currency the money is at the provider and waits in
// suspense; in another one we cannot even say how much of ours it is.
Task<void> receive_wrong_money(pg::Tx& tx, LockedPayment& locked, const Status& status,
                               const Word& word) {
    Payment& payment = locked.payment;
    if (payment.under_review) co_return;
    const bool same_currency = status.currency == taama::to_string(payment.currency);
    const FailureCode code =
        same_currency ? FailureCode::amount_mismatch : FailureCode::currency_mismatch;
    payment.under_review = true;
    co_await fail(tx, locked, {PaymentEvent::wrong_money, PaymentActor::provider, code}, word);
    if (same_currency && status.amount_minor.value_or(0) > 0)
        co_await ledger::post(tx, acts::unmatched_in(payment, *status.amount_minor), word.now);
    co_await open_mismatch(tx, payment, status,
                           same_currency ? "amount_mismatch" : "currency_mismatch", word.now);
}

bool is_right_money(const Payment& payment, const Status& status) {
    return status.currency == taama::to_string(payment.currency) &&
           status.amount_minor == payment.amount;
}

Task<void> apply_paid(pg::Tx& tx, LockedPayment& locked, const Status& status, const Word& word) {
    Payment& payment = locked.payment;
    if (!next_state(payment.status, PaymentEvent::money_received, PaymentActor::provider))
        co_return;  // paid or refunded already
    if (!is_right_money(payment, status))
        co_await receive_wrong_money(tx, locked, status, word);
    else if (!payment.under_review)
        co_await receive_money(tx, locked, status, word);
}

Task<void> apply_failed(pg::Tx& tx, LockedPayment& locked, const Status& status, const Word& word) {
    Payment& payment = locked.payment;
    if (next_state(payment.status, PaymentEvent::refused, PaymentActor::provider)) {
        const FailureCode code = status.failure.value_or(FailureCode::provider_refused);
        co_await fail(tx, locked,
                      {PaymentEvent::refused, PaymentActor::provider, code, status.text}, word);
        co_return;
    }
    if (payment.status != PaymentStatus::failed)
        co_await open_mismatch(tx, payment, status, "status_regression", word.now);
}

}  // namespace

Task<LockedPayment> lock_deal_and_payment(const Deps& deps, pg::Tx& tx, PaymentId id, UtcTime now) {
    const Payment seen = or_throw(co_await find_payment(tx, id), errors::not_found);
    Payable* payable = deps.payables.find(boost::describe::enum_to_string(seen.subject_type, ""));
    ASSERT(payable != nullptr);
    Owed owed = co_await payable->describe(tx, seen.to_question(now));
    co_return LockedPayment{*payable, std::move(owed), co_await lock_payment(tx, id)};
}

Task<Payment> apply_status(const Deps& deps, pg::Tx& tx, PaymentId id, const Status& status,
                           const Word& word) {
    LockedPayment locked = co_await lock_deal_and_payment(deps, tx, id, word.now);
    Payment& payment = locked.payment;
    fill_references(payment, status);
    switch (status.state) {
        case ProviderState::init:
            if (!is_live(payment.status) || payment.started_at || !status.session) break;
            fill_session(deps, payment, *status.session, word.now);
            save_session(tx, payment, next_poll(payment.created_at, payment.expires_at, word.now),
                         word.now);
            break;
        case ProviderState::authorized: {
            const auto to =
                next_state(payment.status, PaymentEvent::money_reserved, PaymentActor::provider);
            if (!to) break;
            const PaymentStatus from = std::exchange(payment.status, *to);
            save_payment(
                tx, payment,
                {.from = from,
                 .source = word.source,
                 .next_poll_at = next_poll(payment.created_at, payment.expires_at, word.now)},
                word.now);
            emit_authorized(tx, payment, word.now);
            break;
        }
        case ProviderState::paid: co_await apply_paid(tx, locked, status, word); break;
        case ProviderState::failed: co_await apply_failed(tx, locked, status, word); break;
    }
    co_return std::move(locked.payment);
}

Task<Payment> apply_started(const Deps& deps, pg::Tx& tx, PaymentId id, const Started& started,
                            const Word& word) {
    Payment payment = co_await lock_payment(tx, id);
    if (payment.started_at) co_return payment;
    fill_session(deps, payment, started, word.now);
    save_session(tx, payment,
                 is_live(payment.status)
                     ? next_poll(payment.created_at, payment.expires_at, word.now)
                     : std::nullopt,
                 word.now);
    co_return payment;
}

Task<Payment> apply_refused(const Deps& deps, pg::Tx& tx, PaymentId id, const Refused& refused,
                            const Word& word) {
    LockedPayment locked = co_await lock_deal_and_payment(deps, tx, id, word.now);
    co_await fail(tx, locked,
                  {PaymentEvent::refused, PaymentActor::provider, refused.code, refused.text},
                  word);
    co_return std::move(locked.payment);
}

Task<Payment> close_payment(const Deps& deps, pg::Tx& tx, PaymentId id, FailureCode why,
                            const Word& word) {
    LockedPayment locked = co_await lock_deal_and_payment(deps, tx, id, word.now);
    const Failure failure = why == FailureCode::expired
                                ? Failure{PaymentEvent::expired, PaymentActor::system, why}
                                : Failure{why == FailureCode::superseded ? PaymentEvent::superseded
                                                                         : PaymentEvent::cancelled,
                                          PaymentActor::payer, why};
    co_await fail(tx, locked, failure, word);
    co_return std::move(locked.payment);
}

std::optional<UtcTime> next_poll(UtcTime created_at, UtcTime expires_at, UtcTime now) {
    if (now >= expires_at) {
        const UtcTime next = now + 1h;
        return next <= expires_at + 24h ? std::optional{next} : std::nullopt;
    }
    const auto age = now - created_at;
    const Seconds step = age < 2min ? 10s : age < 15min ? 30s : 300s;
    return std::min<UtcTime>(now + step, expires_at);
}

}  // namespace taama::payments
