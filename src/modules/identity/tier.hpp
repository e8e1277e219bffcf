#pragma once

// The KYC tier of an account, brought in line with its phone and its documents.

#include "modules/audit/audit.hpp"
#include "modules/identity/deps.hpp"
#include "platform/pg/tx.hpp"

namespace taama::identity {

struct TierCause {
    AccountId account;
    audit::Actor actor;
    std::string_view reason;  // "phone_verified", "kyc_approved"
};
// In the transaction of what caused it: history row and kyc.tier_changed when the tier is another
// now.
Task<int> recompute_tier(const Deps& deps, pg::Tx& tx, TierCause cause, UtcTime now);

}  // namespace taama::identity
