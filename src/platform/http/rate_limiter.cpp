#include "platform/http/rate_limiter.hpp"

#include <algorithm>

namespace taama::http {

RateState RateLimiter::count(std::string_view key, int limit, Seconds window, UtcTime now) {
    const Microseconds spacing =
        std::max(Microseconds{window} / std::max(limit, 1), Microseconds{1});
    const UtcTime latest = now + spacing * limit;  // of a burst that is spent
    Shard& shard = shards_[std::hash<std::string_view>{}(key) % shards_.size()];
    const std::lock_guard lock{shard.mutex};
    auto found = shard.full_again.find(key);
    if (found == shard.full_again.end()) {
        if (shard.full_again.size() >= keys_before_sweep)
            std::erase_if(shard.full_again, [now](const auto& each) { return each.second <= now; });
        found = shard.full_again.emplace(std::string{key}, now).first;
    }
    // A clock that was set back, or a lower limit, leaves no debt beyond one burst.
    UtcTime& full_again = found->second;
    full_again = std::clamp(full_again, now, latest);
    RateState state;
    state.limit = limit;
    state.allowed = full_again + spacing <= latest;
    if (state.allowed)
        full_again += spacing;
    else
        state.retry_after = std::chrono::ceil<Seconds>(full_again + spacing - latest);
    state.remaining = static_cast<int>((latest - full_again) / spacing);
    state.reset = std::chrono::ceil<Seconds>(full_again - now);
    return state;
}

}  // namespace taama::http
