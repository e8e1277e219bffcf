#include "modules/carpool/driver_location.hpp"

#include <gtest/gtest.h>

namespace taama::carpool {
namespace {

TEST(DriverPosition, WhichPointsAreDropped_F12) {
    using enum DropReason;
    const UtcTime departure = *parse_utc_time("2026-10-02T08:30:00Z");
    const UtcTime now = departure + 3h;
    const TrackWindow running{departure, {}};
    const TrackWindow ended{departure, departure + 2h};
    struct Case {
        const char* name;
        NewPosition point;
        TrackWindow window;
        std::optional<DropReason> reason;
    };
    const auto at = [](UtcTime time) { return NewPosition{.at = time, .lat = 5, .lon = -4}; };
    auto north = at(now);
    north.lat = 91;
    auto vague = at(now);
    vague.accuracy_m = 500.1;
    auto exact = at(now);
    exact.accuracy_m = 500;
    auto wrong_twice = at(now + 1h);
    wrong_twice.lon = -181;
    const Case cases[] = {
        {"now", at(now), running, {}},
        {"beyond the pole", north, running, bad_position},
        {"somewhere around", vague, running, inaccurate},
        {"just exact enough", exact, running, {}},
        {"clock a little ahead", at(now + 30s), running, {}},
        {"in the future", at(now + 30s + 1us), running, future},
        {"yesterday", at(now - 24h - 1us), running, too_old},
        {"on his way to us", at(departure - 2h), running, {}},
        {"before that", at(departure - 2h - 1us), running, no_trip},
        {"late, of this trip", at(departure + 2h), ended, {}},
        {"after the trip", at(departure + 2h + 1us), ended, no_trip},
        {"nowhere in the future", wrong_twice, running, bad_position},
    };
    for (const Case& c : cases) {
        SCOPED_TRACE(c.name);
        EXPECT_EQ(why_dropped(c.point, c.window, now), c.reason);
    }
}

}  // namespace
}  // namespace taama::carpool
