#pragma once

#include "modules/identity/deps.hpp"
#include "modules/identity/session_store.hpp"

namespace taama::identity {

// Closes sessions with everything that hangs on it: event, this node's memory after the commit, the
// others by NOTIFY. Returns how many were open.
Task<std::size_t> revoke_sessions(const Deps& deps, pg::Tx& tx, Revocation revocation, UtcTime now);

}  // namespace taama::identity
