#include "platform/http/rate_limiter.hpp"

#include <algorithm>

namespace taama::http {

RateState RateLimiter::count(std::string_view key, int limit, Seconds window, UtcTime now) {
    Shard& shard = shards_[std::hash<std::string_view>{}(key) % shards_.size()];
    const std::lock_guard lock{shard.mutex};
    auto found = shard.windows.find(key);
    if (found == shard.windows.end()) {
        if (shard.windows.size() >= keys_before_sweep)
            std::erase_if(shard.windows,
                          [now](const auto& each) { return each.second.ends <= now; });
        found = shard.windows.emplace(std::string{key}, Window{now + window, 0}).first;
    }
    Window& current = found->second;
    // A clock that was set back would keep a window open for long.
    if (current.ends <= now || current.ends > now + window) current = {now + window, 0};
    RateState state;
    state.limit = limit;
    state.allowed = current.used < limit;
    if (state.allowed) ++current.used;
    state.remaining = std::max(0, limit - current.used);
    state.reset = std::chrono::ceil<Seconds>(current.ends - now);
    return state;
}

}  // namespace taama::http
