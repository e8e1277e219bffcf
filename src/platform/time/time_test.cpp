#include "platform/time/time.hpp"

#include <gtest/gtest.h>

namespace taama {
namespace {

TEST(UtcTime, ParsesAndWrites) {
    struct Case {
        std::string_view text;
        std::string_view want;  // empty: refused
    };
    const Case cases[] = {
        {"2026-10-02T08:30:00Z", "2026-10-02T08:30:00Z"},
        {"2026-10-02T08:30:00z", "2026-10-02T08:30:00Z"},
        {"2026-10-02T08:30:00.000000Z", "2026-10-02T08:30:00Z"},
        {"2026-10-02T08:30:00.1Z", "2026-10-02T08:30:00.1Z"},
        {"2026-10-02T08:30:00.000001Z", "2026-10-02T08:30:00.000001Z"},
        {"2026-10-02T08:30:00.250000Z", "2026-10-02T08:30:00.25Z"},
        {"2026-10-02T10:30:00+02:00", "2026-10-02T08:30:00Z"},
        {"2026-10-01T23:30:00-09:00", "2026-10-02T08:30:00Z"},
        {"2026-10-02T08:30:00+00:00", "2026-10-02T08:30:00Z"},
        {"2026-10-02t08:30:00z", "2026-10-02T08:30:00Z"},
        {"2026-10-02T08:30:00-00:00", "2026-10-02T08:30:00Z"},
        {"2026-10-02T08:30:00.5+05:45", "2026-10-02T02:45:00.5Z"},
        {"2026-10-02T00:00:00+23:59", "2026-10-01T00:01:00Z"},
        {"2024-02-29T00:00:00Z", "2024-02-29T00:00:00Z"},
        {"2024-03-01T00:30:00+01:00", "2024-02-29T23:30:00Z"},
        {"2000-02-29T23:59:59Z", "2000-02-29T23:59:59Z"},
        {"0001-01-01T00:00:00Z", "0001-01-01T00:00:00Z"},
        {"9999-12-31T23:59:59.999999Z", "9999-12-31T23:59:59.999999Z"},
        {"1969-12-31T23:59:59.999999Z", "1969-12-31T23:59:59.999999Z"},
        {"", ""},
        {"2026-10-02", ""},
        {"2026-10-02T08:30:00", ""},
        {"2026-10-02T08:30:00.Z", ""},
        {"2026-10-02T08:30:00.1234567Z", ""},
        {"2026-10-02T24:00:00Z", ""},
        {"2026-10-02T08:60:00Z", ""},
        {"2026-10-02T08:30:60Z", ""},
        {"2026-02-29T00:00:00Z", ""},
        {"2026-13-01T00:00:00Z", ""},
        {"2026-10-02T08:30:00+24:00", ""},
        {"2026-10-02T08:30:00+02:60", ""},
        {"2026-10-02T08:30:00+0200", ""},
        {"2026-10-02T08:30:00+02", ""},
        {"2026-10-02T08:30:00+2:00", ""},
        {"2026-10-02T08:30:00+02:00Z", ""},
        {"2026-10-02T08:30:00 Z", ""},
        {"2026-10-02T08:30:00UTC", ""},
        {"2026-10-02T08:30:00[Africa/Abidjan]", ""},
        {"2026-10-02 08:30:00Z", ""},
        {"2026-10-0208:30:00Z", ""},
        {"2026-10-02T08:30Z", ""},
        {"2026-10-02T083000Z", ""},
        {"20261002T083000Z", ""},
        {"2026-10-02T8:30:00Z", ""},
        {"2026-10-02T08:30:0Z", ""},
        {"2026-10-02T08:30:00,5Z", ""},
        {"2026-10-02T08:30:00.5", ""},
        {"2026-10-02T-8:30:00Z", ""},
        {"2026-10-02T08:30:00.+1Z", ""},
        {"2016-12-31T23:59:60Z", ""},  // there was one
        {"1900-02-29T00:00:00Z", ""},
        {"2026-04-31T00:00:00Z", ""},
        {"2026-00-10T00:00:00Z", ""},
        {"2026-10-00T00:00:00Z", ""},
        {"0000-01-01T00:00:00Z", ""},
        {"0001-01-01T00:00:00+00:01", ""},
        {"9999-12-31T23:59:59-00:01", ""},
        {"10000-01-01T00:00:00Z", ""},
        {"-2026-10-02T08:30:00Z", ""},
        {"+2026-10-02T08:30:00Z", ""},
        {" 2026-10-02T08:30:00Z", ""},
        {"2026-10-02T08:30:00Z ", ""},
        {"2026-10-02T08:30:00Zx", ""},
        {std::string_view{"2026-10-02T08:30:00Z\0", 21}, ""},
        {"infinity", ""},
        {"now", ""},
        {"1759393800", ""},
    };
    for (const Case& c : cases) {
        SCOPED_TRACE(c.text);
        const auto time = parse_utc_time(c.text);
        EXPECT_EQ(time ? to_string(*time) : "", c.want);
    }
}

TEST(UtcTime, WritesYearsBeyondFourDigits) {
    using namespace std::chrono;
    EXPECT_EQ(to_string(UtcTime{sys_days{year{12'026} / 3 / 4}}), "12026-03-04T00:00:00Z");
}

TEST(Date, RealDaysOnly) {
    const std::pair<std::string_view, bool> cases[] = {
        {"2026-10-02", true},  {"2024-02-29", true},  {"2026-02-29", false},
        {"2026-02-30", false}, {"2026-00-01", false}, {"2026-13-01", false},
        {"2026-10-2", false},  {"26-10-02", false},   {"2026/10/02", false},
        {"0000-01-01", false}, {"", false},           {"2026-10-02T", false}};
    for (const auto& [text, valid] : cases) {
        SCOPED_TRACE(text);
        const auto date = parse_date(text);
        EXPECT_EQ(date.has_value(), valid);
        if (date) EXPECT_EQ(to_string(*date), text);
    }
}

TEST(TimeZone, KnowsTheOperatorsZone) {
    const auto abidjan = TimeZone::find("Africa/Abidjan");
    ASSERT_TRUE(abidjan);
    const UtcTime time = *parse_utc_time("2026-10-02T23:59:59Z");
    EXPECT_EQ(abidjan->offset_at(time), 0s);
    EXPECT_EQ(to_string(abidjan->local_date(time)), "2026-10-02");
    EXPECT_EQ(abidjan->local_minute_of_day(time), 1439min);
    EXPECT_EQ(abidjan->name(), "Africa/Abidjan");
}

TEST(TimeZone, ReadsTheMachinesZones) {
    struct Case {
        std::string_view zone;
        std::string_view time;
        Seconds offset;
        std::string_view date;
        std::string_view midnight;  // of that date
    };
    const Case cases[] = {
        {"Africa/Lagos", "2026-10-02T23:30:00Z", 1h, "2026-10-03", "2026-10-02T23:00:00Z"},
        {"Africa/Porto-Novo", "2026-10-02T22:30:00Z", 1h, "2026-10-02", "2026-10-01T23:00:00Z"},
        {"Europe/Paris", "2026-07-01T12:00:00Z", 2h, "2026-07-01", "2026-06-30T22:00:00Z"},
        {"Europe/Paris", "2026-12-01T12:00:00Z", 1h, "2026-12-01", "2026-11-30T23:00:00Z"},
        // The clocks change on this day.
        {"Europe/Paris", "2026-03-29T12:00:00Z", 2h, "2026-03-29", "2026-03-28T23:00:00Z"},
        {"America/New_York", "2026-01-15T03:00:00Z", -5h, "2026-01-14", "2026-01-14T05:00:00Z"},
    };
    for (const Case& c : cases) {
        SCOPED_TRACE(std::string{c.zone} + " " + std::string{c.time});
        const auto zone = TimeZone::find(c.zone);
        ASSERT_TRUE(zone);
        const UtcTime time = *parse_utc_time(c.time);
        EXPECT_EQ(zone->offset_at(time), c.offset);
        EXPECT_EQ(to_string(zone->local_date(time)), c.date);
        EXPECT_EQ(to_string(zone->start_of(zone->local_date(time))), c.midnight);
    }
}

TEST(TimeZone, RefusesWhatIsNoZone) {
    for (const char* name : {"", "Africa", "Africa/Nowhere", "../../../etc/passwd", "zone.tab"}) {
        SCOPED_TRACE(name);
        EXPECT_FALSE(TimeZone::find(name));
    }
}

TEST(Clock, MovesOnFromWhereItWasSet) {
    Clock clock;
    const UtcTime then = *parse_utc_time("2030-01-01T00:00:00Z");
    clock.set(then);
    EXPECT_GE(clock.now(), then);
    EXPECT_LT(clock.now(), then + 1min);
    clock.advance(1h);
    EXPECT_GE(clock.now(), then + 1h);
    clock.reset();
    EXPECT_LT(clock.now() - std::chrono::system_clock::now(), 1min);
}

}  // namespace
}  // namespace taama
