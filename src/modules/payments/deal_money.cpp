#include "modules/payments/payments.hpp"

#include "modules/payments/acts.hpp"
#include "modules/payments/payment_events.hpp"
#include "modules/payments/payment_store.hpp"
#include "modules/payments/refund_flow.hpp"
#include "modules/payments/refund_store.hpp"

namespace taama::payments {

namespace {

// What a deal's allocations and payments have in common; a deal without payments has none.
struct DealMoney {
    std::vector<Payment> captured;
    std::vector<Allocation> allocations;
};
Task<DealMoney> lock_deal_money(pg::Tx& tx, const Subject& deal) {
    co_return DealMoney{co_await lock_captured_payments(tx, deal),
                        co_await lock_allocations(tx, deal)};
}

bool is_settled(const std::vector<Allocation>& allocations) {
    return !allocations.empty() && std::ranges::all_of(allocations, &Allocation::is_settled);
}

}  // namespace

Task<void> settle(pg::Tx& tx, const Subject& deal, UtcTime now) {
    const DealMoney money = co_await lock_deal_money(tx, deal);
    if (money.allocations.empty() || is_settled(money.allocations)) co_return;
    if (std::ranges::any_of(money.allocations, [](const auto& a) { return a.back_gross > 0; }))
        throw Refusal{errors::invalid_state, {{"payment_status", "refunded"}}};

    const Currency currency = money.captured.at(0).currency;
    co_await ledger::post(tx, acts::settle(deal, currency, money.allocations), now);
    save_allocations_settled(tx, deal, now);
    for (const Allocation& allocation : money.allocations)
        if (allocation.net > 0) emit_earnings_credited(tx, deal, allocation, currency, now);
}

Task<Money> refund_whole(pg::Tx& tx, const Subject& deal, std::string_view reason, UtcTime now) {
    DealMoney money = co_await lock_deal_money(tx, deal);
    if (is_settled(money.allocations))
        throw Refusal{errors::invalid_state, {{"payment_status", "settled"}}};

    acts::Cancellation cancellation{.deal = deal,
                                    .currency = Currency::XOF,
                                    .allocations = money.allocations,
                                    .discount = co_await find_discount(tx, deal),
                                    .refunds = {},
                                    .reason = std::string{reason}};
    std::vector<std::pair<Payment*, Refund>> refunds;
    Money total{0, cancellation.currency};
    for (Payment& payment : money.captured) {
        if (!payment.taken || payment.refund_reserved == payment.amount) continue;
        cancellation.currency = total.currency = payment.currency;
        Refund refund = make_refund(payment, payment.amount - payment.refund_reserved, reason);
        cancellation.refunds.push_back(to_leg(payment, refund));
        total.minor += refund.amount;
        refunds.emplace_back(&payment, std::move(refund));
    }
    if (refunds.empty()) co_return total;

    const ledger::Act act = acts::cancel_without_fee(cancellation);
    const ledger::Posted posted = co_await ledger::post(tx, act, now);
    save_allocations_returned(tx, deal, now);
    int leg = acts::first_refund_leg(cancellation);
    for (auto& [payment, refund] : refunds) {
        payment->refund_reserved = payment->amount;
        save_refund_sums(tx, *payment, now);
        if (refund.target == RefundTarget::origin) {
            refund.hold_act = act.key;
            refund.hold_leg = static_cast<std::int16_t>(leg);
        }
        co_await begin_refund(tx, *payment, refund, {posted, leg}, now);
        ++leg;
    }
    co_return total;
}

}  // namespace taama::payments
