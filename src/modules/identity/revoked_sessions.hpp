#pragma once

// The sessions whose access tokens are still within their life but no longer count. Every node
// keeps them in memory, so that a bearer token is verified without I/O.

#include <cstdint>
#include <functional>
#include <shared_mutex>
#include <unordered_map>
#include <vector>

#include "platform/id.hpp"
#include "platform/pg/db.hpp"
#include "platform/task.hpp"
#include "platform/time/time.hpp"

namespace taama::identity {

// Shared by all threads; the table can rebuild it at any moment.
class RevokedSessions {
public:
    bool contains(SessionId session) const;
    void add(SessionId session);
    // Called for each session that is revoked, on the thread that learnt of it: sockets close. Set
    // at start.
    void on_revoked(std::function<void(SessionId)> callback) { callback_ = std::move(callback); }

    // Reads every session revoked within the longest life of an access token.
    Task<void> reload(pg::Db& db, UtcTime now);

private:
    mutable std::shared_mutex mutex_;
    // The reading of the table at which each was last known to count.
    std::unordered_map<SessionId, std::uint64_t> sessions_;
    std::uint64_t reading_ = 1;
    std::function<void(SessionId)> callback_;
};

// Feeds `revoked` from NOTIFY, and from the table every 5 s. Runs until it is cancelled; one per
// process.
Task<void> keep_revoked(pg::Db& db, RevokedSessions& revoked, const Clock& clock);

}  // namespace taama::identity
