#pragma once

// The face of payments for the modules whose deals are paid. All of it works in the caller's
// transaction, with the deal's row locked before.

#include <boost/describe/class.hpp>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "modules/ledger/ledger.hpp"
#include "modules/payments/payment_words.hpp"
#include "platform/money/money.hpp"
#include "platform/pg/tx.hpp"
#include "platform/task.hpp"
#include "platform/time/time.hpp"

namespace taama::http {
class Operations;
}
namespace taama::jobs {
class Registry;
}

namespace taama::payments {

struct Deps;

using ledger::Subject;

// --- fees ----------------------------------------------------------------------------------------

enum class Vertical : std::uint8_t { carpool, ride, delivery, store, rental, withdrawal };
BOOST_DESCRIBE_ENUM(Vertical, carpool, ride, delivery, store, rental, withdrawal)

// One version of a vertical's fees. Never changes: deals keep the version they were made with.
struct FeeSchedule {
    FeeScheduleId id;
    Vertical vertical = Vertical::carpool;
    std::int32_t version = 0;
    std::int32_t percent_bp = 0;  // 1/10000
    std::int64_t fixed = 0;       // minor units
    std::int64_t min = 0;
    std::optional<std::int64_t> max;
    std::int32_t buyer_percent_bp = 0;
    std::int64_t buyer_fixed = 0;
};
BOOST_DESCRIBE_STRUCT(FeeSchedule, (),
                      (id, vertical, version, percent_bp, fixed, min, max, buyer_percent_bp,
                       buyer_fixed))

// gross = 0 ? 0 : min(gross, max(min, min(max, half_up(gross · bp / 10000) + fixed)))
std::int64_t commission(const FeeSchedule& terms, std::int64_t gross);

// The version in force: frozen on a deal when it is made.
Task<FeeSchedule> current_schedule(pg::Tx& tx, Vertical vertical, UtcTime now);

// --- deals ---------------------------------------------------------------------------------------

// The deal was performed: commission to the platform, the rest to the sellers (`carpool_settle`).
// Repeating it changes nothing.
Task<void> settle(pg::Tx& tx, const Subject& deal, UtcTime now);

// Gives back all that was captured for the deal and not refunded yet (`carpool_refund`): to the
// origin where the provider can, else to the wallet. Closes what is still being paid by itself
// later: money that arrives for a deal that is gone comes back the same way. Answers what is on its
// way back. For deals that are not settled; a settled one is Refusal invalid_state.
Task<Money> refund_whole(pg::Tx& tx, const Subject& deal, std::string_view reason, UtcTime now);

enum class PaymentProgress : std::uint8_t { pending, paid, refunded };
BOOST_DESCRIBE_ENUM(PaymentProgress, pending, paid, refunded)

struct PaymentSummary {
    PaymentProgress payment_status = PaymentProgress::pending;
    Money amount_paid;
    Money refunded_amount;
    std::optional<Method> method;  // of the payment that paid, else of the last attempt
    std::optional<PaymentId> payment_id;
    std::optional<UtcTime> last_paid_at;
};
Task<PaymentSummary> payment_summary(pg::Tx& tx, const Subject& deal);
Task<PaymentSummary> payment_summary(pg::Db& db, const Subject& deal);

// --- app -----------------------------------------------------------------------------------------

void register_routes(http::Operations& operations, const Deps& deps);
void register_jobs(jobs::Registry& registry, const Deps& deps);

// --- the books -----------------------------------------------------------------------------------

struct CheckReport : ledger::CheckRun {
    bool ok() const { return findings.empty(); }
    std::string to_json() const;
};

// Proves the invariants of the books in one snapshot beside live traffic (`taama check-ledger`),
// and keeps nothing of it.
Task<CheckReport> check_ledger(pg::Db& db, const Clock& clock,
                               ledger::CheckScope scope = ledger::CheckScope::full);

}  // namespace taama::payments
