#pragma once

// Brings a payment to what its provider says, or closes it: the one place where a payment changes
// its state, reached from the start call, webhooks, polls and the payer. All of it works in the
// caller's transaction and locks the deal first, then the payment, then ledger accounts.

#include "modules/payments/deps.hpp"
#include "modules/payments/payment.hpp"
#include "modules/payments/payment_store.hpp"

namespace taama::payments {

struct LockedPayment {
    Payable& payable;
    Owed owed;
    Payment payment;
};
Task<LockedPayment> lock_deal_and_payment(const Deps& deps, pg::Tx& tx, PaymentId id, UtcTime now);

struct Word {
    Source source;
    UtcTime now;
};
// The order in which words arrive does not matter: what the state does not allow changes nothing,
// or is an exception for finance.
Task<Payment> apply_status(const Deps& deps, pg::Tx& tx, PaymentId id, const Status& status,
                           const Word& word);

// The provider's answer to our start: kept when the payment still waits for it.
Task<Payment> apply_started(const Deps& deps, pg::Tx& tx, PaymentId id, const Started& started,
                            const Word& word);
Task<Payment> apply_refused(const Deps& deps, pg::Tx& tx, PaymentId id, const Refused& refused,
                            const Word& word);

// Closed by us after the provider was asked: expired, cancelled or superseded. A payment that is
// final by now stays as it is.
Task<Payment> close_payment(const Deps& deps, pg::Tx& tx, PaymentId id, FailureCode why,
                            const Word& word);

// When the provider is asked next: every 10 s for 2 min, 30 s to 15 min, 5 min to the expiry (and
// at it), then hourly for 24 h; then never.
std::optional<UtcTime> next_poll(UtcTime created_at, UtcTime expires_at, UtcTime now);

}  // namespace taama::payments
