#pragma once

// Idempotency-Key: the first answer to a key is stored and replayed for 24 hours.
//
// An operation inside the edge's transaction stores its answer in that transaction: key and effect
// commit together. One that manages its own transactions (it waits for a provider, say) is covered
// by a leased row; if the process dies in between, the lease ends and the operation's own rule
// meets the repeat.
//
// A sealed answer whose sealing key is gone counts as expired: the operation runs again, and meets
// its own rules (a code that was used is used up).

#include <optional>
#include <string>

#include "platform/http/routes.hpp"
#include "platform/pg/tx.hpp"

namespace taama::crypto {
class Sealer;
}

namespace taama::http {

struct IdempotencyScope {
    std::string caller;     // "user:<id>", "staff:<id>" or "anonymous"
    std::string key;        // as the client sent it
    pg::Bytes fingerprint;  // SHA-256 of method, path, caller and body
    bool sealed = false;    // the answer holds credentials
    UtcTime now;
};

IdempotencyScope idempotency_scope(const Context& context, const Operation& operation);

class Idempotency {
public:
    Idempotency(pg::Db& db, const crypto::Sealer& sealer) : db_(db), sealer_(sealer) {}

    // Inside the operation's transaction: the stored answer, or nullopt and the right to run.
    // Throws idempotency_in_progress while another request holds the key, idempotency_mismatch for
    // another body.
    Task<std::optional<Reply>> claim(pg::Tx& tx, const IdempotencyScope& scope);
    void store(pg::Tx& tx, const IdempotencyScope& scope, const Reply& reply);

    // Outside of one: the same with a leased row.
    Task<std::optional<Reply>> claim_lease(const IdempotencyScope& scope);
    Task<void> store_lease(const IdempotencyScope& scope, const Reply& reply);
    Task<void> give_up_lease(const IdempotencyScope& scope);
    // A refusal whose transaction was rolled back. False when the key was answered meanwhile.
    Task<bool> store_alone(const IdempotencyScope& scope, const Reply& reply);

    static bool is_key_clash(const pg::Error& error) {
        return error.constraint == "idempotency_keys_pkey";
    }

private:
    Task<bool> lease(const IdempotencyScope& scope);
    std::string pack(const IdempotencyScope& scope, const Reply& reply) const;
    // Empty: sealed with a key that we no longer have.
    std::optional<Reply> unpack(const IdempotencyScope& scope, std::int16_t status,
                                const pg::Bytes& answer, const std::string& location) const;

    pg::Db& db_;
    const crypto::Sealer& sealer_;
};

// Deletes keys past their time. Returns how many.
Task<std::int64_t> prune_idempotency_keys(pg::Db& db, UtcTime now);

}  // namespace taama::http
