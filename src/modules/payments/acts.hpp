#pragma once

// The acts by which payments move money: pure functions from what happened to what is posted. The
// names in parentheses are those under which the deals ask for them.

#include <string>
#include <vector>

#include "modules/ledger/ledger.hpp"
#include "modules/payments/payment.hpp"

namespace taama::payments::acts {

// Where a refund goes; `leg` is its position in the act that sends it.
struct RefundLeg {
    RefundId refund_id;
    std::string provider;
    AccountId payer;
    std::int64_t amount;
    RefundTarget target;
};

struct DiscountLeg {
    std::string promo_id;
    std::int64_t amount;
};

// A provider took the money and the deal took the payment (carpool_capture): the commission is held
// until the deal is performed.
ledger::Act capture(const Payment& payment, const std::vector<Allocation>& allocations,
                    const std::optional<DiscountLeg>& discount);
// A provider took the money, but the deal did not: it is gone, or was paid already. The refund is
// leg 1.
ledger::Act capture_unserved(const Payment& payment, const RefundLeg& refund,
                             std::string_view reason);
// The deal was performed (carpool_settle).
ledger::Act settle(const ledger::Subject& deal, Currency currency,
                   const std::vector<Allocation>& allocations);
// Cancelled without a fee (carpool_refund): commissions are freed, the discount returns, all that
// was paid goes back. The first refund is the leg that first_refund_leg() says.
struct Cancellation {
    ledger::Subject deal;
    Currency currency;
    std::vector<Allocation> allocations;
    std::optional<DiscountLeg> discount;
    std::vector<RefundLeg> refunds;
    std::string reason;
};
ledger::Act cancel_without_fee(const Cancellation& cancellation);
int first_refund_leg(const Cancellation& cancellation);

// The provider gave the money back: the hold of the refund is posted.
ledger::Act refund_done(const Payment& payment, const Refund& refund);
// It does not: the hold is void, and the payer's wallet gets the money.
ledger::Act refund_to_wallet(const Payment& payment, const Refund& refund, RefundId replacement);

// What the provider received is not what was asked for: nobody's until finance decides.
ledger::Act unmatched_in(const Payment& payment, std::int64_t received);
ledger::Act provider_fee(const Payment& payment, std::int64_t fee);

std::string capture_key(const Payment& payment);

}  // namespace taama::payments::acts
