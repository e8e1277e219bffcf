#pragma once

// Limits requests per key by the generic cell rate algorithm: a burst of `limit` passes at once,
// and comes back evenly over the window. Shared by all threads of the process.

#include <array>
#include <cstdint>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>

#include "platform/time/time.hpp"

namespace taama::http {

struct RateState {
    int limit = 0;
    int remaining = 0;
    Seconds reset{0};        // until the whole burst is there again
    Seconds retry_after{0};  // until the next one passes, when this one does not
    bool allowed = true;
};

class RateLimiter {
public:
    RateState count(std::string_view key, int limit, Seconds window, UtcTime now);

private:
    struct Hash {
        using is_transparent = void;
        std::size_t operator()(std::string_view text) const {
            return std::hash<std::string_view>{}(text);
        }
    };
    struct Shard {
        std::mutex mutex;
        // When all that the key has asked will have come back.
        std::unordered_map<std::string, UtcTime, Hash, std::equal_to<>> full_again;
    };
    // A shard that reaches this many keys drops those whose whole burst is there.
    static constexpr std::size_t keys_before_sweep = 4096;
    std::array<Shard, 32> shards_;
};

}  // namespace taama::http
