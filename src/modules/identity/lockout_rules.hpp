#pragma once

// Password guessing is stopped per identifier, existing or not.

#include <expected>
#include <optional>

#include "platform/errors.hpp"
#include "platform/time/time.hpp"

namespace taama::identity {

struct LoginGuard {
    int failures = 0;
    int level = 0;
    std::optional<UtcTime> locked_until;
    UtcTime last_failure_at{};
};

struct LockoutPolicy {
    int threshold = 5;
    std::chrono::minutes lock{15};
    std::chrono::minutes lock_max{240};
};

// The guard with this attempt already counted as a failure, or account_locked {retry_after_s}.
// Counting before the password is looked at leaves no room for parallel guesses; a good one resets
// the guard.
std::expected<LoginGuard, Refusal> count_attempt(LoginGuard guard, const LockoutPolicy& policy,
                                                 UtcTime now);

}  // namespace taama::identity
