#include "platform/http/rate_limiter.hpp"

#include <gtest/gtest.h>

namespace taama::http {
namespace {

const UtcTime start = parse_utc_time("2026-10-02T08:30:00Z").value();

TEST(RateLimiter, CountsWithinTheWindow) {
    struct Case {
        std::string_view name;
        Microseconds at;
        bool allowed;
        int remaining;
        int reset_s;
    };
    const Case cases[] = {
        {"first", 0s, true, 1, 60},
        {"second", 10s, true, 0, 50},
        {"one too many", 59s, false, 0, 1},
        {"just before it ends", 60s - Microseconds{1}, false, 0, 1},
        {"a new window", 60s, true, 1, 60},
        {"clock set back", -3600s, true, 1, 60},
        {"in that window", -3599s, true, 0, 59},
    };
    RateLimiter limiter;
    for (const Case& c : cases) {
        SCOPED_TRACE(c.name);
        const RateState state = limiter.count("key", 2, 60s, start + c.at);
        EXPECT_EQ(state.limit, 2);
        EXPECT_EQ(state.allowed, c.allowed);
        EXPECT_EQ(state.remaining, c.remaining);
        EXPECT_EQ(state.reset.count(), c.reset_s);
    }
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
