#pragma once

// SQL of refunds, allocations, fee schedules and exceptions.

#include <optional>
#include <vector>

#include "modules/payments/acts.hpp"
#include "modules/payments/payment.hpp"
#include "modules/payments/payment_views.hpp"
#include "modules/payments/payments.hpp"
#include "platform/pg/tx.hpp"

namespace taama::payments {

// --- refunds -------------------------------------------------------------------------------------

Task<std::optional<Refund>> find_refund(pg::Tx& tx, RefundId id);
Task<Refund> lock_refund(pg::Tx& tx, RefundId id);
void save_new_refund(pg::Tx& tx, const Refund& refund, UtcTime now);
struct RefundOutcome {
    RefundStatus status;
    std::string provider_ref{};
    std::string failure_code{};
};
void save_refund(pg::Tx& tx, RefundId id, const RefundOutcome& outcome, UtcTime now);
// Refunds that nobody sends any more: their job died, or was never written.
Task<std::vector<RefundId>> find_stuck_refunds(pg::Tx& tx, UtcTime idle_since);

// The newest first.
Task<std::vector<RefundView>> find_refunds(pg::Db& db, PaymentId payment_id);

// --- allocations ---------------------------------------------------------------------------------

Task<std::vector<Allocation>> lock_allocations(pg::Tx& tx, const ledger::Subject& deal);
void save_allocations(pg::Tx& tx, const ledger::Subject& deal, Currency currency,
                      const std::vector<Allocation>& allocations);
void save_allocations_settled(pg::Tx& tx, const ledger::Subject& deal, UtcTime now);
void save_allocations_returned(pg::Tx& tx, const ledger::Subject& deal, UtcTime now);

// What the platform added to the deal's price when it was paid.
Task<std::optional<acts::DiscountLeg>> find_discount(pg::Tx& tx, const ledger::Subject& deal);

Task<std::vector<FeeSchedule>> find_schedules(pg::Tx& tx, const std::vector<FeeScheduleId>& ids);

// Those in force, one a vertical.
Task<std::vector<FeeSchedule>> find_current_schedules(pg::Db& db, UtcTime now);

// --- exceptions ----------------------------------------------------------------------------------

struct NewException {
    std::string kind;
    std::string provider;
    std::string subject_type;
    std::string subject_id;
    std::optional<std::int64_t> expected{};
    std::optional<std::int64_t> actual{};
    boost::json::object details{};
};
// Opens it, with the event `reconciliation.mismatch`; one that is open already stays as it is.
Task<void> open_exception(pg::Tx& tx, const NewException& exception, UtcTime now);
// A duplicate payment is settled by its refund.
void close_duplicate(pg::Tx& tx, PaymentId id, UtcTime now);

}  // namespace taama::payments
