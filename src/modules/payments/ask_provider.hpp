#pragma once

// Asking a provider about a payment, and following its answer. No transaction is open while it is
// asked.

#include "modules/payments/deps.hpp"
#include "modules/payments/payment.hpp"
#include "modules/payments/payment_store.hpp"

namespace taama::payments {

// Calls the provider's start for a committed row and keeps the answer.
enum class StartOutcome : std::uint8_t { started, refused, unavailable, unknown };
struct StartResult {
    StartOutcome outcome;
    Payment payment;
};
Task<StartResult> call_start(const Deps& deps, const Payment& payment);

// Queries and applies the answer. A live payment past its time that is not paid is closed and
// expires. Returns the payment as it then is.
Task<Payment> ask_provider(const Deps& deps, const Payment& payment, Source source);

// For a payment whose start was never answered: looked up by our reference and adopted; when the
// provider has nothing it is started again under the same reference.
Task<void> resume_start(const Deps& deps, PaymentId id);

// The payer wants it closed, or another attempt takes its place: the provider closes it first. When
// that provider says paid, it is paid. Throws provider_timeout when it does not answer.
Task<Payment> close_at_provider(const Deps& deps, const Payment& payment, FailureCode why);

// The clock's work: enqueues payments.query for what is due.
Task<void> poll_due(const Deps& deps);
Task<void> expire_due(const Deps& deps);
Task<void> resume_due(const Deps& deps);

}  // namespace taama::payments
