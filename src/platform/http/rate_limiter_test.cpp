#include "platform/http/rate_limiter.hpp"

#include <gtest/gtest.h>

namespace taama::http {
namespace {

const UtcTime start = parse_utc_time("2026-10-02T08:30:00Z").value();

TEST(RateLimiter, BurstsComeBackEvenly) {
    struct Case {
        std::string_view name;
        Microseconds at;
        bool allowed;
        int remaining;
        int reset_s;
        int retry_after_s;
    };
    const Case cases[] = {
        {"first", 0s, true, 1, 30, 0},
        {"second", 10s, true, 0, 50, 0},
        {"one too many", 11s, false, 0, 49, 19},
        {"just before one comes back", 30s - Microseconds{1}, false, 0, 31, 1},
        {"one came back", 30s, true, 0, 60, 0},
        {"all came back", 90s, true, 1, 30, 0},
        {"clock set back", -3600s, false, 0, 60, 30},
        {"and gone on", -3570s, true, 0, 60, 0},
    };
    RateLimiter limiter;
    for (const Case& c : cases) {
        SCOPED_TRACE(c.name);
        const RateState state = limiter.count("key", 2, 60s, start + c.at);
        EXPECT_EQ(state.limit, 2);
        EXPECT_EQ(state.allowed, c.allowed);
        EXPECT_EQ(state.remaining, c.remaining);
        EXPECT_EQ(state.reset.count(), c.reset_s);
        EXPECT_EQ(state.retry_after.count(), c.retry_after_s);
    }
}

TEST(RateLimiter, SixtyOfSixtyOneInASecond_BackOffice6_Example6) {
    RateLimiter limiter;
    for (int i = 0; i < 60; ++i)
        EXPECT_TRUE(limiter.count("ip", 60, 60s, start + i * 15ms).allowed) << i;
    const RateState refused = limiter.count("ip", 60, 60s, start + 900ms);
    EXPECT_FALSE(refused.allowed);
    EXPECT_EQ(refused.retry_after, 1s);
}

TEST(RateLimiter, KeysAreApart) {
    RateLimiter limiter;
    EXPECT_TRUE(limiter.count("a", 1, 60s, start).allowed);
    EXPECT_TRUE(limiter.count("b", 1, 60s, start).allowed);
    EXPECT_FALSE(limiter.count("a", 1, 60s, start).allowed);
}

TEST(RateLimiter, LimitOfZeroAllowsNothingAndALowerOneShowsNoDebt) {
    RateLimiter limiter;
    EXPECT_FALSE(limiter.count("a", 0, 60s, start).allowed);
    for (int i = 0; i < 5; ++i) EXPECT_TRUE(limiter.count("b", 5, 60s, start).allowed);
    EXPECT_EQ(limiter.count("b", 2, 60s, start).remaining, 0);
}

TEST(RateLimiter, SurvivesManyKeys) {
    RateLimiter limiter;
    for (int i = 0; i < 200'000; ++i)
        ASSERT_TRUE(limiter.count(std::to_string(i), 1, 60s, start + Seconds{i / 1000}).allowed);
    EXPECT_FALSE(limiter.count("199999", 1, 60s, start + 199s).allowed);
}

}  // namespace
}  // namespace taama::http
