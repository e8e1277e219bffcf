#include "modules/identity/lockout_rules.hpp"

#include <algorithm>

#include "modules/identity/errors.hpp"

namespace taama::identity {

std::expected<LoginGuard, Refusal> count_attempt(LoginGuard guard, const LockoutPolicy& policy,
                                                 UtcTime now) {
    constexpr auto forgotten_after = std::chrono::hours{24};
    if (guard.locked_until && now < *guard.locked_until) {
        const Seconds left = std::chrono::ceil<Seconds>(*guard.locked_until - now);
        return std::unexpected<Refusal>(
            Refusal{errors::account_locked, {{"retry_after_s", left.count()}}}.after(left));
    }
    if (now - guard.last_failure_at >= forgotten_after) guard = {};
    guard.locked_until.reset();
    guard.last_failure_at = now;
    if (++guard.failures < policy.threshold) return guard;

    // Beyond 2^10 every lock is at its maximum.
    const auto lock = policy.lock * (1 << std::min(guard.level, 10));
    guard.locked_until = now + std::min<std::chrono::minutes>(lock, policy.lock_max);
    guard.failures = 0;
    ++guard.level;
    return guard;
}

}  // namespace taama::identity
