#include "platform/jobs/schedule.hpp"

#include <gtest/gtest.h>

namespace taama::jobs {
namespace {

UtcTime at(const char* text) { return *parse_utc_time(text); }

TEST(Schedule, WritesCron) {
    EXPECT_EQ(to_cron(Every{300s}), "@every 300s");
    EXPECT_EQ(to_cron(Daily{4, 5}), "5 4 * * *");
}

TEST(Schedule, FirstRun) {
    const TimeZone utc = TimeZone::utc();
    const UtcTime now = at("2026-10-02T04:00:00Z");
    EXPECT_EQ(first_run(Every{300s}, now, utc), now);
    EXPECT_EQ(first_run(Daily{4, 5}, now, utc), at("2026-10-02T04:05:00Z"));
    EXPECT_EQ(first_run(Daily{4, 0}, now, utc), at("2026-10-03T04:00:00Z"));
    EXPECT_EQ(first_run(Daily{3, 59}, now, utc), at("2026-10-03T03:59:00Z"));
}

TEST(Schedule, DailyIsLocalTime) {
    const auto lagos = TimeZone::find("Africa/Lagos");
    ASSERT_TRUE(lagos.has_value());
    EXPECT_EQ(first_run(Daily{0, 10}, at("2026-10-02T22:00:00Z"), *lagos),
              at("2026-10-02T23:10:00Z"));
    EXPECT_EQ(first_run(Daily{0, 10}, at("2026-10-02T23:10:00Z"), *lagos),
              at("2026-10-03T23:10:00Z"));
}

TEST(Schedule, NextRunKeepsTheRhythm) {
    const TimeZone utc = TimeZone::utc();
    const UtcTime due = at("2026-10-02T04:00:00Z");
    const struct {
        const char* name;
        Microseconds ended;
        Microseconds next;
    } cases[] = {
        {"soon", 2s, 60s},
        {"just in time", 59s, 60s},
        {"late", 60s, 120s},
        {"much later", 3601s, 3661s},
        {"the clock went back", -3600s, -3540s},
    };
    for (const auto& c : cases) {
        SCOPED_TRACE(c.name);
        EXPECT_EQ(next_run(Every{60s}, due, due + c.ended, utc), due + c.next);
    }
    EXPECT_EQ(next_run(Daily{4, 0}, due, due + 5s, utc), at("2026-10-03T04:00:00Z"));
}

}  // namespace
}  // namespace taama::jobs
