#include "modules/carpool/driver_track.hpp"

#include <gtest/gtest.h>

namespace taama::carpool {
namespace {

const UtcTime departure = *parse_utc_time("2026-10-02T08:30:00Z");
const TripId morning = TripId::make();
const TripId noon = TripId::make();
const TripId nowhere = TripId::make();

DriverTrip trip(TripId id, UtcTime departs, std::optional<UtcTime> started = {},
                std::optional<UtcTime> ended = {}) {
    return {id, departs, departs + 2h, started, ended};
}

TEST(DriverTrack, WhichPointsAreDropped_F12) {
    using enum DropReason;
    const UtcTime now = departure + 3h;
    struct Case {
        const char* name;
        PointFacts point;
        std::optional<DropReason> reason;
    };
    const LatLon abidjan{5, -4};
    const Case cases[] = {
        {"now", {1, now, abidjan, {}}, {}},
        {"before the first", {0, now, abidjan, {}}, bad_seq},
        {"the last there is", {INT64_MAX, now, abidjan, {}}, {}},
        {"beyond the pole", {1, now, {91, -4}, {}}, bad_position},
        {"at the pole", {1, now, {-90, 180}, {}}, {}},
        {"beyond the date line", {1, now, {5, -180.1}, {}}, bad_position},
        {"somewhere around", {1, now, abidjan, 500.1}, inaccurate},
        {"just exact enough", {1, now, abidjan, 500}, {}},
        {"clock a little ahead", {1, now + 30s, abidjan, {}}, {}},
        {"in the future", {1, now + 30s + 1us, abidjan, {}}, future},
        {"a day ago", {1, now - 24h, abidjan, {}}, {}},
        {"longer ago", {1, now - 24h - 1us, abidjan, {}}, too_old},
        {"nowhere in the future", {1, now + 1h, {5, -181}, {}}, bad_position},
        {"without number and place", {-1, now, {91, 0}, {}}, bad_seq},
    };
    for (const Case& c : cases) {
        SCOPED_TRACE(c.name);
        EXPECT_EQ(why_dropped(c.point, now), c.reason);
    }
}

TEST(DriverTrack, WhoseMomentItIs_F12) {
    // The driver was on the first trip from 08:40 to 10:00; the second departs at 11:30.
    const UtcTime started = departure + 10min;
    const UtcTime ended = departure + 90min;
    const std::vector<DriverTrip> both{trip(morning, departure, started, ended),
                                       trip(noon, departure + 3h)};
    const std::vector<DriverTrip> forgotten{trip(morning, departure),
                                            trip(noon, departure + 3h, departure + 3h)};
    const std::vector<DriverTrip> cancelled{trip(morning, departure, {}, departure - 1h)};
    struct Case {
        const char* name;
        std::vector<DriverTrip> trips;
        TripId asked;
        UtcTime at;
        TripId want;
    };
    const Case cases[] = {
        {"on his way to it", both, morning, departure - 2h, morning},
        {"before that", both, morning, departure - 2h - 1us, nowhere},
        {"on it", both, morning, departure + 1h, morning},
        {"on the other, whatever he says", both, noon, departure + 80min, morning},
        {"at its very end", both, noon, ended, morning},
        {"after it, on his way to the next", both, noon, ended + 1us, noon},
        {"the same, told late for the first", both, morning, ended + 1us, noon},
        {"before either set off, as he says", both, noon, departure + 5min, morning},
        {"long after", both, noon, departure + 20h, noon},
        {"on the next, the first never began", forgotten, morning, departure + 3h, noon},
        {"before it, of the one he names", forgotten, morning, departure + 2h, morning},
        {"before it, of the other", forgotten, noon, departure + 2h, noon},
        {"of neither by name, nearest departure", forgotten, nowhere, departure + 2h, noon},
        {"before the cancellation", cancelled, morning, departure - 90min, morning},
        {"after it", cancelled, morning, departure - 30min, nowhere},
        {"no trips", {}, morning, departure, nowhere},
    };
    for (const Case& c : cases) {
        SCOPED_TRACE(c.name);
        const DriverTrip* found = trip_at(c.trips, c.asked, c.at);
        EXPECT_EQ(found == nullptr ? nowhere : found->trip_id, c.want);
    }
}

std::string shown(const std::vector<drivers::Period>& track) {
    std::string text;
    for (const auto& [from, until] : track)
        text += fmt::format("{}..{} ", (from - departure) / 1us, (until - departure) / 1us);
    return text;
}

TEST(DriverTrack, ATripShowsNothingOfAnother_F12) {
    const DriverTrip own = trip(morning, departure);
    const auto minutes = [](int n) { return std::to_string(n * 60'000'000LL); };
    const auto after = [](int n) { return std::to_string(n * 60'000'000LL + 1); };
    const auto before = [](int n) { return std::to_string(n * 60'000'000LL - 1); };
    struct Case {
        const char* name;
        DriverTrip trip;
        std::vector<DriverTrip> others;
        std::string want;
    };
    const std::string opens = minutes(-120);
    const std::string closes = minutes(480);
    const Case cases[] = {
        {"alone", own, {own}, opens + ".." + closes + " "},
        {"ended",
         trip(morning, departure, departure, departure + 60min),
         {},
         opens + ".." + minutes(60) + " "},
        {"cancelled before it opened", trip(morning, departure, {}, departure - 150min), {}, ""},
        {"one that has not begun",
         own,
         {own, trip(noon, departure + 3h)},
         opens + ".." + closes + " "},
        {"one before",
         own,
         {trip(noon, departure - 3h, departure - 3h, departure - 60min), own},
         after(-60) + ".." + closes + " "},
        {"one in between",
         own,
         {own, trip(noon, departure + 3h, departure + 180min, departure + 240min)},
         opens + ".." + before(180) + " " + after(240) + ".." + closes + " "},
        {"one that runs on",
         own,
         {trip(noon, departure + 3h, departure + 180min)},
         opens + ".." + before(180) + " "},
    };
    for (const Case& c : cases) {
        SCOPED_TRACE(c.name);
        EXPECT_EQ(shown(track_of(c.trip, c.others)), c.want);
    }
}

}  // namespace
}  // namespace taama::carpool
