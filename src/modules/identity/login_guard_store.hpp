#pragma once

#include "modules/identity/lockout_rules.hpp"
#include "platform/pg/tx.hpp"

namespace taama::identity {

// Makes the row of an identifier that was never seen, so that there is always one to lock.
Task<LoginGuard> lock_login_guard(pg::Tx& tx, const pg::Bytes& identifier_hash, UtcTime now);
void save_login_guard(pg::Tx& tx, const pg::Bytes& identifier_hash, const LoginGuard& guard);
// After a good login, a code or a reset.
void clear_login_guards(pg::Tx& tx, const std::vector<pg::Bytes>& identifier_hashes);

}  // namespace taama::identity
