#include "modules/payments/acts.hpp"

namespace taama::payments::acts {

namespace {

using ledger::Act;
using ledger::HoldRef;
using ledger::Leg;
using ledger::Phase;

std::string key_of(const ledger::Subject& deal, std::string_view act, std::string_view id = {}) {
    std::string key = deal.to_key();
    (key += ':') += act;
    if (!id.empty()) (key += ':') += id;
    return key;
}

// What of an allocation stays with the platform: the commission of a seller's part, the whole of
// its own.
Leg platform_leg(const ledger::Subject& deal, const Allocation& allocation) {
    if (allocation.seller_type == SellerType::platform)
        return {ledger::escrow_of(deal), ledger::fees_of("service"), allocation.gross,
                "service_fee"};
    return {ledger::escrow_of(deal), ledger::commission_of(allocation.vertical),
            allocation.commission, "commission"};
}

Leg resolving(Leg leg, Phase phase) {
    leg.phase = phase;
    leg.hold = HoldRef::of_subject();
    return leg;
}

ledger::OwnerType owner_of(SellerType seller) {
    return seller == SellerType::store ? ledger::OwnerType::store : ledger::OwnerType::user;
}

Leg refund_leg(const ledger::Subject& deal, const RefundLeg& refund) {
    if (refund.target == RefundTarget::wallet)
        return {ledger::escrow_of(deal), ledger::wallet_of(refund.payer), refund.amount, "refund"};
    ASSERT(refund.target == RefundTarget::origin);
    return {ledger::escrow_of(deal), ledger::float_of(refund.provider), refund.amount, "refund",
            Phase::pending};
}

Leg payment_in(const Payment& payment) {
    return {ledger::float_of(payment.provider), ledger::escrow_of(payment.subject()),
            payment.amount, "payment_in"};
}

Act act_of(const Payment& payment, std::string key, std::string kind) {
    return {.key = std::move(key),
            .kind = std::move(kind),
            .subject = payment.subject(),
            .actor = {ledger::ActorType::provider, payment.provider},
            .basis = {{"payment_id", payment.id.to_string()},
                      {"method", boost::describe::enum_to_string(payment.method, "")}},
            .currency = payment.currency};
}

}  // namespace

std::string capture_key(const Payment& payment) {
    return key_of(payment.subject(), "capture", payment.id.to_string());
}

Act capture(const Payment& payment, const std::vector<Allocation>& allocations,
            const std::optional<DiscountLeg>& discount) {
    const ledger::Subject deal = payment.subject();
    Act act = act_of(payment, capture_key(payment), "capture");
    act.legs.push_back(payment_in(payment));
    if (discount)
        act.legs.push_back({ledger::promo_cost_of(discount->promo_id), ledger::escrow_of(deal),
                            discount->amount, "promo_discount"});
    boost::json::array schedules;
    for (const Allocation& allocation : allocations) {
        Leg held = platform_leg(deal, allocation);
        held.phase = Phase::pending;
        act.legs.push_back(std::move(held));
        schedules.emplace_back(allocation.fee_schedule_id.to_string());
    }
    act.basis["rule"] = "fees.commission";
    act.basis["fee_schedules"] = std::move(schedules);
    return act;
}

Act capture_unserved(const Payment& payment, const RefundLeg& refund, std::string_view reason) {
    Act act = act_of(payment, capture_key(payment), "capture");
    act.legs = {payment_in(payment), refund_leg(payment.subject(), refund)};
    act.basis["rule"] = "payments.unserved";
    act.basis["reason"] = reason;
    return act;
}

Act settle(const ledger::Subject& deal, Currency currency,
           const std::vector<Allocation>& allocations) {
    Act act{.key = key_of(deal, "settle"),
            .kind = "settle",
            .subject = deal,
            .basis = {{"rule", "fees.commission"}},
            .currency = currency};
    for (const Allocation& allocation : allocations) {
        const Leg kept = platform_leg(deal, allocation);
        if (kept.amount != 0) act.legs.push_back(resolving(kept, Phase::post));
        if (allocation.net == 0) continue;
        ASSERT(allocation.seller_id.has_value());
        act.legs.push_back(
            {ledger::escrow_of(deal),
             ledger::earnings_of(owner_of(allocation.seller_type), *allocation.seller_id),
             allocation.net, "earning"});
    }
    return act;
}

int first_refund_leg(const Cancellation& cancellation) {
    int legs = cancellation.discount ? 1 : 0;
    for (const Allocation& allocation : cancellation.allocations)
        if (platform_leg(cancellation.deal, allocation).amount != 0) ++legs;
    return legs;
}

Act cancel_without_fee(const Cancellation& c) {
    Act act{.key = key_of(c.deal, "cancel"),
            .kind = "cancel",
            .subject = c.deal,
            .basis = {{"rule", "cancel.no_fee"}, {"reason", c.reason}},
            .currency = c.currency};
    for (const Allocation& allocation : c.allocations) {
        const Leg held = platform_leg(c.deal, allocation);
        if (held.amount != 0) act.legs.push_back(resolving(held, Phase::void_));
    }
    if (c.discount)
        act.legs.push_back({ledger::escrow_of(c.deal), ledger::promo_cost_of(c.discount->promo_id),
                            c.discount->amount, "promo_return"});
    for (const RefundLeg& refund : c.refunds) act.legs.push_back(refund_leg(c.deal, refund));
    return act;
}

Act refund_done(const Payment& payment, const Refund& refund) {
    Act act =
        act_of(payment, key_of(payment.subject(), "refund_done", refund.id.to_string()), "refund");
    act.basis["refund_id"] = refund.id.to_string();
    act.legs.push_back({.debit = ledger::escrow_of(payment.subject()),
                        .credit = ledger::float_of(payment.provider),
                        .amount = refund.amount,
                        .kind = "refund",
                        .phase = Phase::post,
                        .hold = HoldRef::of_leg(refund.hold_act.value(), refund.hold_leg.value())});
    return act;
}

Act refund_to_wallet(const Payment& payment, const Refund& refund, RefundId replacement) {
    Act act = act_of(payment, key_of(payment.subject(), "refund_to_wallet", refund.id.to_string()),
                     "refund");
    act.basis["refund_id"] = replacement.to_string();
    act.basis["replaces"] = refund.id.to_string();
    const ledger::AccountRef escrow = ledger::escrow_of(payment.subject());
    act.legs.push_back({.debit = escrow,
                        .credit = ledger::float_of(payment.provider),
                        .amount = refund.amount,
                        .kind = "refund",
                        .phase = Phase::void_,
                        .hold = HoldRef::of_leg(refund.hold_act.value(), refund.hold_leg.value())});
    act.legs.push_back({escrow, ledger::wallet_of(payment.user_id), refund.amount, "refund"});
    return act;
}

Act unmatched_in(const Payment& payment, std::int64_t received) {
    Act act = act_of(payment, key_of(payment.subject(), "unmatched_in", payment.id.to_string()),
                     "unmatched_in");
    act.legs.push_back({ledger::float_of(payment.provider), ledger::suspense_of(payment.provider),
                        received, "unmatched_in"});
    return act;
}

Act provider_fee(const Payment& payment, std::int64_t fee) {
    Act act = act_of(payment, key_of(payment.subject(), "provider_fee", payment.id.to_string()),
                     "provider_fee");
    act.legs.push_back({ledger::provider_cost_of(payment.provider),
                        ledger::float_of(payment.provider), fee, "provider_fee"});
    return act;
}

}  // namespace taama::payments::acts
