#pragma once

// SQL of payments and their history.

#include <optional>
#include <span>
#include <vector>

#include "modules/payments/payment.hpp"
#include "platform/pg/tx.hpp"

namespace taama::payments {

enum class Source : std::uint8_t { client, webhook, query, job, staff };
BOOST_DESCRIBE_ENUM(Source, client, webhook, query, job, staff)

Task<std::optional<Payment>> find_payment(pg::Tx& tx, PaymentId id);
Task<std::optional<Payment>> find_payment(pg::Db& db, PaymentId id);
Task<std::optional<Payment>> find_payment_by_provider_ref(pg::Tx& tx, std::string_view provider,
                                                          std::string_view provider_ref);
// The deal is locked before.
Task<Payment> lock_payment(pg::Tx& tx, PaymentId id);
Task<std::optional<Payment>> lock_live_payment(pg::Tx& tx, const ledger::Subject& deal,
                                               std::string_view part);
// Payments whose money came in, the oldest first.
Task<std::vector<Payment>> lock_captured_payments(pg::Tx& tx, const ledger::Subject& deal);

struct DealHistory {
    std::int16_t attempts = 0;
    std::optional<PaymentId> taken_by;  // the payment that paid the deal and was not given back
};
Task<DealHistory> find_history(pg::Tx& tx, const ledger::Subject& deal, std::string_view part);

void save_new_payment(pg::Tx& tx, const Payment& payment, Source source);

// A change of state, with its history row; saves every column that a flow may change.
struct PaymentChange {
    PaymentStatus from;
    Source source;
    boost::json::object meta{};
    std::optional<ledger::ActId> act_id{};
    std::optional<UtcTime> next_poll_at{};
};
void save_payment(pg::Tx& tx, const Payment& payment, const PaymentChange& change, UtcTime now);
// Without a change of state: what the provider's answer filled in.
void save_session(pg::Tx& tx, const Payment& payment, std::optional<UtcTime> next_poll_at,
                  UtcTime now);
void save_refund_sums(pg::Tx& tx, const Payment& payment, UtcTime now);

// Puts off the next attempt to reach an answer of our start.
Task<void> save_calling_until(pg::Db& db, PaymentId id, UtcTime until);

// The right to call the provider's start until then. False: answered meanwhile, or somebody else
// calls.
Task<bool> take_start(pg::Db& db, PaymentId id, UtcTime now, UtcTime until);
Task<std::vector<PaymentId>> find_unanswered(pg::Tx& tx, UtcTime now);
// Due by the clock, taken so that no other worker takes them too.
struct DuePoll {
    PaymentId id;
    UtcTime created_at;
    UtcTime expires_at;
};
BOOST_DESCRIBE_STRUCT(DuePoll, (), (id, created_at, expires_at))
Task<std::vector<DuePoll>> take_due_polls(pg::Tx& tx, UtcTime now);
void save_next_poll(pg::Tx& tx, PaymentId id, std::optional<UtcTime> next_poll_at, UtcTime now);
Task<std::vector<PaymentId>> find_expired(pg::Tx& tx, UtcTime now);
// False: asked less than `apart` ago.
Task<bool> save_asked(pg::Db& db, PaymentId id, UtcTime now, Seconds apart);

struct PaymentFilter {
    AccountId user_id;
    std::vector<PaymentStatus> statuses;
    std::vector<Method> methods;
    std::vector<Purpose> purposes;
    std::optional<UtcTime> created_at_gte;
    std::optional<UtcTime> created_at_lte;
    bool oldest_first = false;
    std::int64_t limit = 20;
    std::int64_t offset = 0;
};
struct PaymentPage {
    std::vector<Payment> payments;
    std::int64_t total = 0;
};
Task<PaymentPage> find_payments(pg::Db& db, const PaymentFilter& filter);

}  // namespace taama::payments
