#include "modules/identity/lockout_rules.hpp"

#include <gtest/gtest.h>

#include "modules/identity/errors.hpp"

namespace taama::identity {
namespace {

const UtcTime ten = *parse_utc_time("2026-10-02T10:00:00Z");
const LockoutPolicy policy{};

LoginGuard wrong(LoginGuard guard, UtcTime first, int times) {
    for (int i = 0; i < times; ++i) {
        const auto counted = count_attempt(guard, policy, first + Seconds{i});
        EXPECT_TRUE(counted.has_value()) << "attempt " << i;
        if (counted) guard = *counted;
    }
    return guard;
}

std::optional<Seconds> refused(const LoginGuard& guard, UtcTime now) {
    const auto counted = count_attempt(guard, policy, now);
    if (counted) return std::nullopt;
    EXPECT_TRUE(counted.error() == errors::account_locked);
    return counted.error().retry_after();
}

// identity.md §5.3, cases 1 to 3.
TEST(Lockout, WorkedExamples) {
    const LoginGuard first = wrong({}, ten, 5);  // the fifth is still an ordinary wrong password
    EXPECT_EQ(refused(first, ten + 5s), Seconds{899});
    EXPECT_EQ(refused(first, ten + 14min + 59s), Seconds{5});
    EXPECT_EQ(refused(first, ten + 15min + 4s), std::nullopt);

    const LoginGuard second = wrong(first, ten + 15min + 4s, 5);
    EXPECT_EQ(second.locked_until, ten + 45min + 8s);

    LoginGuard guard = second;
    for (const auto expected : {60min, 120min, 240min, 240min}) {
        const UtcTime start = *guard.locked_until;
        guard = wrong(guard, start, 5);
        EXPECT_EQ(*guard.locked_until - (start + 4s), expected);
    }
}

TEST(Lockout, ForgetsAfterADayWithoutFailure) {
    const LoginGuard four = wrong({}, ten, 4);
    EXPECT_TRUE(wrong(four, ten + 3s + 24h - 1s, 1).locked_until.has_value());
    EXPECT_EQ(wrong(four, ten + 3s + 24h, 1).failures, 1);

    const LoginGuard locked = wrong({}, ten, 5);
    EXPECT_EQ(wrong(locked, ten + 25h, 5).level, 1);
}

TEST(Lockout, ToldInDetailsAndHeader) {
    const auto counted = count_attempt(wrong({}, ten, 5), policy, ten + 5s);
    ASSERT_FALSE(counted.has_value());
    EXPECT_EQ(counted.error().details().at("retry_after_s").as_int64(), 899);
}

}  // namespace
}  // namespace taama::identity
