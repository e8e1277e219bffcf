#include "platform/retry.hpp"

#include <gtest/gtest.h>

namespace taama {
namespace {

TEST(RetryDelay, Doubles) {
    EXPECT_EQ(retry_delay(1), 5s);
    EXPECT_EQ(retry_delay(2), 10s);
    EXPECT_EQ(retry_delay(3), 20s);
    EXPECT_EQ(retry_delay(10), 2560s);
    EXPECT_EQ(retry_delay(11), 3600s);
    EXPECT_EQ(retry_delay(1000), 3600s);
}

TEST(RetryDelay, SpreadsByAFifth) {
    for (int i = 0; i < 200; ++i) {
        const Microseconds delay = spread_retry_delay(2);
        EXPECT_GE(delay, 8s);
        EXPECT_LE(delay, 12s);
    }
}

}  // namespace
}  // namespace taama
