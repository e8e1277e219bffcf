#pragma once

// Counts requests per key in fixed windows. Shared by all threads of the process.

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
    Seconds reset{0};  // until the window ends
    bool allowed = true;
};

class RateLimiter {
public:
    // Counts one request. `now` decides the window.
    RateState count(std::string_view key, int limit, Seconds window, UtcTime now);

private:
    struct Window {
        UtcTime ends;
        int used = 0;
    };
    struct Hash {
        using is_transparent = void;
        std::size_t operator()(std::string_view text) const {
            return std::hash<std::string_view>{}(text);
        }
    };
    struct Shard {
        std::mutex mutex;
        std::unordered_map<std::string, Window, Hash, std::equal_to<>> windows;
    };
    // A shard that reaches this many keys drops the windows that have ended.
    static constexpr std::size_t keys_before_sweep = 4096;
    std::array<Shard, 32> shards_;
};

}  // namespace taama::http
