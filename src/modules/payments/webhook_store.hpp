#pragma once

// SQL of the webhooks seen: the row commits together with the effect it guards.

#include <optional>
#include <string>

#include "modules/payments/payment_words.hpp"
#include "platform/pg/tx.hpp"
#include "platform/time/time.hpp"

namespace taama::payments {

struct SeenWebhook {
    std::string provider;
    std::string event_key;
    UtcTime received_at;
};

// False: this event had its effect already.
Task<bool> save_seen(pg::Tx& tx, const SeenWebhook& seen);
void save_seen_payment(pg::Tx& tx, const SeenWebhook& seen, PaymentId payment_id);
// A call that is not authentic. Its key never stands in the way of a real one.
Task<void> save_rejected(pg::Db& db, const SeenWebhook& seen, std::string_view error);

// An authentic call that could not be handled; kept sealed, to be handled again.
struct FailedWebhook {
    SeenWebhook seen;
    std::string error;
    pg::Bytes call_sealed;
};
Task<Uuid> save_failed(pg::Tx& tx, const FailedWebhook& failed);

struct KeptWebhook {
    std::string provider;
    std::string event_key;
    UtcTime received_at;
    std::string status;
    std::optional<pg::Bytes> body_sealed;
};
BOOST_DESCRIBE_STRUCT(KeptWebhook, (), (provider, event_key, received_at, status, body_sealed))
Task<std::optional<KeptWebhook>> find_kept(pg::Db& db, Uuid seen_id);

}  // namespace taama::payments
