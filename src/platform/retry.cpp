#include "platform/retry.hpp"

#include <algorithm>

#include "platform/assert.hpp"
#include "platform/crypto/random.hpp"

namespace taama {

Seconds retry_delay(int failures) {
    ASSERT(failures >= 1);
    constexpr int doublings_max = 10;  // 5·2^10 is past the hour
    return std::min(Seconds{5} * (1 << std::min(failures - 1, doublings_max)), Seconds{3600});
}

Microseconds spread_retry_delay(int failures) {
    const std::uint32_t permille = 800 + crypto::random_below(401);
    return Microseconds{retry_delay(failures)} * permille / 1000;
}

}  // namespace taama
