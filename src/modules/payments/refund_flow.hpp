#pragma once

// Giving money back: the row and the hold in the transaction that decides it, the provider's call
// by the job payments.refund, and its outcome. A refund that the provider refuses goes to the
// payer's wallet.

#include "modules/payments/acts.hpp"
#include "modules/payments/deps.hpp"
#include "modules/payments/payment_outcome.hpp"

namespace taama::payments {

// To the origin where the provider can give back just this, else to the wallet.
Refund make_refund(const Payment& payment, std::int64_t amount, std::string_view reason);

acts::RefundLeg to_leg(const Payment& payment, const Refund& refund);
std::optional<acts::DiscountLeg> to_leg(const std::optional<Discount>& discount);

// Writes the refund whose leg was just posted, and enqueues the job that completes it: at the
// provider, or at once where the money is in the wallet already. The payment's row reserves the
// amount before.
struct PostedRefund {
    const ledger::Posted& posted;
    int leg;
};
Task<void> begin_refund(pg::Tx& tx, const Payment& payment, const Refund& refund,
                        PostedRefund where, UtcTime now);

// Job payments.refund {refund_id}: calls the provider and keeps its answer; comes again by itself
// until the outcome is known.
Task<void> send_refund(const Deps& deps, RefundId id);
// Enqueues the job again for refunds that nobody sends any more.
Task<void> resume_refunds(const Deps& deps);

}  // namespace taama::payments
