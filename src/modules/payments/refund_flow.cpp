#include "modules/payments/refund_flow.hpp"

#include "modules/payments/payment_events.hpp"
#include "modules/payments/payment_state.hpp"
#include "modules/payments/refund_store.hpp"
#include "platform/crypto/random.hpp"
#include "platform/jobs/jobs.hpp"

namespace taama::payments {

namespace {

constexpr Wait refund_wait{30'000};
// More than the longest back-off: a refund that is being sent is not sent twice.
constexpr Seconds idle_before_resume{7'200};

// The job's next run: 10 s, doubled, at most an hour.
Seconds back_off(int tries) {
    return std::min(Seconds{10} * (1 << std::min(tries, 9)), Seconds{3600});
}

void enqueue_send(pg::Tx& tx, const Refund& refund, UtcTime now, UtcTime run_at) {
    jobs::enqueue(tx, "payments.refund", {{"refund_id", refund.id.to_string()}}, now,
                  {.run_at = run_at,
                   .dedupe_key = fmt::format("{}:{}", refund.id.to_string(), refund.tries)});
}

// What went back of the money that the deal took; a deal that took nothing counts the refund
// itself.
RefundSums sums_of(const std::vector<Payment>& captured, const Refund& refund) {
    RefundSums sums{{0, refund.currency}, true};
    bool took_any = false;
    for (const Payment& payment : captured) {
        if (!payment.taken) continue;
        took_any = true;
        sums.refunded_total.minor += payment.refunded_amount;
        sums.whole = sums.whole && payment.refunded_amount == payment.amount;
    }
    return took_any ? sums : RefundSums{refund.money(), true};
}

// The money is with the payer: sums, states, the deal and the news follow.
Task<void> complete_refund(pg::Tx& tx, LockedPayment& locked, const Refund& refund,
                           const Word& word) {
    Payment& payment = locked.payment;
    payment.refunded_amount += refund.amount;
    if (payment.refunded_amount == payment.amount) {
        const PaymentStatus from = payment.status;
        const auto to = next_state(from, PaymentEvent::refunded_whole, PaymentActor::system);
        ASSERT(to.has_value());
        payment.status = *to;
        save_payment(tx, payment, {.from = from, .source = word.source}, word.now);
    } else {
        save_refund_sums(tx, payment, word.now);
    }
    if (!payment.taken) close_duplicate(tx, payment.id, word.now);

    const RefundSums sums = sums_of(co_await lock_captured_payments(tx, payment.subject()), refund);
    const Money promo_back = payment.taken && sums.whole && locked.owed.discount
                                 ? locked.owed.discount->amount
                                 : Money{0, payment.currency};
    co_await locked.payable.on_refunded(tx,
                                        {.id = refund.id,
                                         .payment_id = payment.id,
                                         .subject_id = payment.subject_id,
                                         .part = payment.part,
                                         .amount = refund.money(),
                                         .taken = payment.taken,
                                         .refunded_total = sums.refunded_total,
                                         .whole = sums.whole,
                                         .now = word.now},
                                        promo_back);
    emit_refund_completed(tx, payment, refund, sums, word.now);
}

Task<void> tell_wallet(pg::Tx& tx, const Payment& payment, ledger::TransferId transfer,
                       const Refund& refund, UtcTime now) {
    co_await ledger::record_wallet_credit(tx,
                                          {.user = payment.user_id,
                                           .amount = refund.money(),
                                           .kind = "refund",
                                           .description = "Remboursement " + payment.reference,
                                           .related = payment.subject(),
                                           .payment_id = payment.id.uuid,
                                           .transfer = transfer},
                                          now);
}

// The hold is void and the wallet gets the money; the refused row stays as history.
Task<void> refund_by_wallet(pg::Tx& tx, LockedPayment& locked, const Refund& refused,
                            const RefundRefused& answer, const Word& word) {
    const Payment& payment = locked.payment;
    Refund replacement = refused;
    replacement.id = RefundId::make();
    replacement.reference = "RFD-" + crypto::random_code(8);
    replacement.target = RefundTarget::wallet;
    replacement.status = RefundStatus::done;
    replacement.hold_act.reset();
    replacement.hold_leg.reset();

    const ledger::Posted posted = co_await ledger::post(
        tx, acts::refund_to_wallet(payment, refused, replacement.id), word.now);
    save_refund(tx, refused.id,
                {.status = RefundStatus::failed,
                 .failure_code = answer.code.empty() ? "unsupported" : answer.code},
                word.now);
    emit_refund_failed(tx, payment, refused, word.now);
    save_new_refund(tx, replacement, word.now);
    co_await tell_wallet(tx, payment, posted.legs.at(1).transfer_id, replacement, word.now);
    co_await complete_refund(tx, locked, replacement, word);
}

Task<void> refund_by_origin(pg::Tx& tx, LockedPayment& locked, const Refund& refund,
                            const RefundDone& answer, const Word& word) {
    co_await ledger::post(tx, acts::refund_done(locked.payment, refund), word.now);
    save_refund(tx, refund.id, {.status = RefundStatus::done, .provider_ref = answer.provider_ref},
                word.now);
    co_await complete_refund(tx, locked, refund, word);
}

struct Sending {
    Payment payment;
    Refund refund;
    bool is_first;
};
// Marks the refund as sent before it is: after a crash the provider is asked what became of it.
Task<std::optional<Sending>> take_refund(const Deps& deps, RefundId id) {
    pg::Tx tx = co_await deps.db.begin();
    const auto seen = co_await find_refund(tx, id);
    if (!seen) co_return std::nullopt;
    Sending sending{.payment = co_await lock_payment(tx, seen->payment_id),
                    .refund = co_await lock_refund(tx, id),
                    .is_first = false};
    sending.is_first = sending.refund.status == RefundStatus::requested;
    if (!sending.is_first && sending.refund.status != RefundStatus::processing)
        co_return std::nullopt;
    save_refund(tx, id, {.status = RefundStatus::processing}, deps.clock.now());
    co_await tx.commit();
    ++sending.refund.tries;
    co_return sending;
}

Task<void> record_answer(const Deps& deps, const Sending& sending, const RefundAnswer& answer) {
    const UtcTime now = deps.clock.now();
    const Word word{Source::job, now};
    pg::Tx tx = co_await deps.db.begin();
    LockedPayment locked = co_await lock_deal_and_payment(deps, tx, sending.payment.id, now);
    const Refund refund = co_await lock_refund(tx, sending.refund.id);
    if (refund.status != RefundStatus::processing) co_return;

    if (refund.target == RefundTarget::wallet) {
        save_refund(tx, refund.id, {.status = RefundStatus::done}, now);
        co_await complete_refund(tx, locked, refund, word);
    } else if (const auto* done = std::get_if<RefundDone>(&answer))
        co_await refund_by_origin(tx, locked, refund, *done, word);
    else if (const auto* refused = std::get_if<RefundRefused>(&answer))
        co_await refund_by_wallet(tx, locked, refund, *refused, word);
    else if (std::holds_alternative<RefundUnsupported>(answer))
        co_await refund_by_wallet(tx, locked, refund, {}, word);
    else  // pending or unknown: asked until it is known
        enqueue_send(tx, refund, now, now + back_off(refund.tries));
    co_await tx.commit();
}

}  // namespace

Refund make_refund(const Payment& payment, std::int64_t amount, std::string_view reason) {
    const bool whole = amount == payment.amount && payment.refund_reserved == 0;
    const bool origin = payment.refund_ability == RefundAbility::parts ||
                        (payment.refund_ability == RefundAbility::whole && whole);
    return {.id = RefundId::make(),
            .reference = "RFD-" + crypto::random_code(8),
            .payment_id = payment.id,
            .amount = amount,
            .currency = payment.currency,
            .reason = std::string{reason},
            .target = origin ? RefundTarget::origin : RefundTarget::wallet,
            .status = RefundStatus::requested};
}

acts::RefundLeg to_leg(const Payment& payment, const Refund& refund) {
    return {refund.id, payment.provider, payment.user_id, refund.amount, refund.target};
}

std::optional<acts::DiscountLeg> to_leg(const std::optional<Discount>& discount) {
    if (!discount || !discount->by_platform || discount->amount.minor == 0) return std::nullopt;
    return acts::DiscountLeg{discount->promo_id, discount->amount.minor};
}

Task<void> begin_refund(pg::Tx& tx, const Payment& payment, const Refund& refund,
                        PostedRefund where, UtcTime now) {
    save_new_refund(tx, refund, now);
    emit_refund_requested(tx, payment, refund, now);
    enqueue_send(tx, refund, now, now);
    if (refund.target == RefundTarget::origin) co_return;
    const auto leg = std::ranges::find(where.posted.legs, where.leg, &ledger::PostedLeg::leg);
    ASSERT(leg != where.posted.legs.end());
    co_await tell_wallet(tx, payment, leg->transfer_id, refund, now);
}

Task<void> send_refund(const Deps& deps, RefundId id) {
    const auto sending = co_await take_refund(deps, id);
    if (!sending) co_return;

    const Payment& payment = sending->payment;
    PaymentProvider* provider = deps.providers.find_by_name(payment.provider);
    const RefundOrder order{.refund_id = id,
                            .payment_id = payment.id,
                            .provider_ref = payment.provider_ref.value_or(""),
                            .provider_txn_id = payment.provider_txn_id.value_or(""),
                            .amount = sending->refund.money(),
                            .whole = sending->refund.amount == payment.amount};
    // A provider that was switched off since cannot be asked: the refund waits for it.
    RefundAnswer answer = Unknown{"provider is off"};
    if (sending->refund.target == RefundTarget::wallet)
        answer = RefundDone{};
    else if (provider != nullptr)
        answer = sending->is_first ? co_await provider->refund(order, refund_wait)
                                   : co_await provider->query_refund(order, refund_wait);
    co_await record_answer(deps, *sending, answer);
}

Task<void> resume_refunds(const Deps& deps) {
    const UtcTime now = deps.clock.now();
    pg::Tx tx = co_await deps.db.begin();
    for (const RefundId id : co_await find_stuck_refunds(tx, now - idle_before_resume))
        jobs::enqueue(tx, "payments.refund", {{"refund_id", id.to_string()}}, now,
                      {.run_at = now, .dedupe_key = id.to_string() + ":resume"});
    co_await tx.commit();
}

}  // namespace taama::payments
