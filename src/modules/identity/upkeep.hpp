#pragma once

// What the clock does: forgetting what is dead, and the documents that expire.

#include "modules/identity/deps.hpp"

namespace taama::identity {

// Codes, tokens, registrations and guards dead for 24 h; refresh tokens after 30 days; sessions
// closed for 90.
Task<void> clean_up(const Deps& deps);

// `kyc.expiring` at 30 and 7 days, once each; then `kyc.expired` with the tier.
Task<void> expire_documents(const Deps& deps);

// Suspensions whose time is over.
Task<void> reactivate_accounts(const Deps& deps);

}  // namespace taama::identity
