#pragma once

// News of payments and refunds. Amounts are minor units beside their currency.

#include "modules/payments/payment.hpp"
#include "platform/pg/tx.hpp"

namespace taama::payments {

void emit_initiated(pg::Tx& tx, const Payment& payment, UtcTime now);
void emit_authorized(pg::Tx& tx, const Payment& payment, UtcTime now);
void emit_paid(pg::Tx& tx, const Payment& payment, UtcTime now);
void emit_failed(pg::Tx& tx, const Payment& payment, UtcTime now);

void emit_refund_requested(pg::Tx& tx, const Payment& payment, const Refund& refund, UtcTime now);
void emit_refund_failed(pg::Tx& tx, const Payment& payment, const Refund& refund, UtcTime now);
struct RefundSums {
    Money refunded_total;
    bool whole;
};
void emit_refund_completed(pg::Tx& tx, const Payment& payment, const Refund& refund,
                           const RefundSums& sums, UtcTime now);

void emit_earnings_credited(pg::Tx& tx, const ledger::Subject& deal, const Allocation& allocation,
                            Currency currency, UtcTime now);

}  // namespace taama::payments
