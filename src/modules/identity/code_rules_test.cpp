#include "modules/identity/code_rules.hpp"

#include <gtest/gtest.h>

#include <vector>

namespace taama::identity {
namespace {

const UtcTime start = *parse_utc_time("2026-10-02T08:00:00Z");

UtcTime at(double seconds) {
    return start + Microseconds{static_cast<std::int64_t>(seconds * 1e6)};
}

// identity.md §5.3, case 4.
TEST(CodeSends, WorkedExample_S1_063) {
    const SendPolicy policy;
    const struct {
        std::vector<double> earlier;
        double now;
        std::optional<Seconds> wait;
    } cases[] = {
        {{}, 0, {}},
        {{0}, 60, {}},
        {{0, 60}, 120, {}},
        {{0, 60, 120}, 599.2, Seconds{1}},
        {{0, 60, 120}, 600.0, {}},
        {{0, 60, 120}, 600.1, {}},
        {{0, 60, 120}, 121, Seconds{479}},
    };
    for (const auto& c : cases) {
        SCOPED_TRACE(c.now);
        std::vector<UtcTime> earlier;
        for (const double second : c.earlier) earlier.push_back(at(second));
        EXPECT_EQ(wait_before_send({.to_destination = earlier, .from_ip = {}}, policy, at(c.now)),
                  c.wait);
    }
}

TEST(CodeSends, PerDayAndPerIp) {
    const SendPolicy policy;
    std::vector<UtcTime> sends;
    for (int i = 0; i < 10; ++i) sends.push_back(start + std::chrono::hours{i});
    EXPECT_EQ(wait_before_send({sends, {}}, policy, start + std::chrono::hours{23}), Seconds{3600});
    EXPECT_EQ(wait_before_send({sends, {}}, policy, start + std::chrono::hours{24}), std::nullopt);

    const std::vector<UtcTime> from_ip(20, start);
    EXPECT_EQ(wait_before_send({{}, from_ip}, policy, start + 59min), Seconds{60});
    EXPECT_EQ(wait_before_send({{}, from_ip}, policy, start + 60min), std::nullopt);
}

TEST(CodeSends, Left) {
    const SendPolicy policy;
    std::vector<UtcTime> sends;
    for (const int expected : {2, 1, 0}) {
        EXPECT_EQ(sends_left({sends, {}}, policy, start), expected);
        sends.push_back(start);
    }
}

TEST(CodeSends, Midnight) {
    const TimeZone zone = TimeZone::utc();
    EXPECT_EQ(until_midnight(zone, *parse_utc_time("2026-10-02T23:59:59.5Z")), Seconds{1});
    EXPECT_EQ(until_midnight(zone, *parse_utc_time("2026-10-02T00:00:00Z")), Seconds{86400});
}

}  // namespace
}  // namespace taama::identity
