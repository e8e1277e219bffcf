#include "modules/carpool/trip_index.hpp"

#include <gtest/gtest.h>

#include <thread>

namespace taama::carpool {
namespace {

using namespace std::chrono_literals;

constexpr LatLon here{5.35, -4.0};
constexpr LatLon there{6.82, -5.27};
const UtcTime now = *parse_utc_time("2026-10-01T08:00:00Z");
const Date day = *parse_date("2026-10-02");

IndexedStop stop(LatLon point, std::uint8_t order, int seats) {
    return {.id = StopId::make(),
            .point = point,
            .arrive_at = now + 24h + std::chrono::hours{order},
            .depart_at = now + 24h + std::chrono::hours{order},
            .depart_day =
                static_cast<std::int32_t>(std::chrono::sys_days{day}.time_since_epoch().count()),
            .offset_m = order * 200'000,
            .segment_to_m = order == 0 ? 200'000 : 0,
            .seats_free = static_cast<std::int16_t>(seats),
            .order = order,
            .pickup_allowed = order == 0,
            .dropoff_allowed = order > 0};
}

IndexedTrip trip(TripId id, int seats = 3) {
    IndexedTrip made;
    made.id = id;
    made.driver_id = AccountId::make();
    made.departure_time = now + 24h;
    made.price_per_seat = 6'000;
    made.distance_m = 200'000;
    made.stops = {stop(here, 0, seats), stop(there, 1, 0)};
    made.labels = {'A', 0, 'B', 0};
    return made;
}

Search search(int seats = 1) {
    Search wanted;
    wanted.from = here;
    wanted.to = there;
    wanted.days = {day, day};
    wanted.now = now;
    wanted.seats = seats;
    return wanted;
}

std::int64_t total(const TripIndex& index, int seats = 1) {
    return index.find(search(seats)).total;
}

void put(TripIndex& index, const TripIndex::Reading& reading, TripId id, int seats) {
    index.put(reading, {trip(id, seats)}, {id});
}
void put_gone(TripIndex& index, const TripIndex::Reading& reading, TripId id) {
    index.put(reading, {}, {id});
}

TEST(TripIndexStructure, AnOlderReadingNeverWins) {
    TripIndex index;
    const TripId id = TripId::make();
    {
        const TripIndex::Reading older{index};
        const TripIndex::Reading newer{index};
        put(index, newer, id, 1);
        put(index, older, id, 3);
        EXPECT_EQ(total(index), 1);
        EXPECT_EQ(total(index, 2), 0);
    }
    {
        const TripIndex::Reading older{index};
        const TripIndex::Reading newer{index};
        put_gone(index, newer, id);
        put(index, older, id, 3);
        EXPECT_EQ(total(index), 0) << "who was closed meanwhile comes back";
    }
    const TripIndex::Reading later{index};
    put(index, later, id, 3);
    EXPECT_EQ(total(index), 1);
}

TEST(TripIndexStructure, AMarkStaysUntilALaterReading) {
    TripIndex index;
    const TripId id = TripId::make();
    const TripIndex::Reading before{index};
    index.mark(id);
    put(index, before, id, 3);
    EXPECT_EQ(index.marked(), 1U) << "it was read before the commit";
    const TripIndex::Reading after{index};
    put(index, after, id, 3);
    EXPECT_EQ(index.marked(), 0U);
    EXPECT_EQ(index.last_mark(), 0U);
}

TEST(TripIndexStructure, AnswersOnlyWhenLoadedAndHearing) {
    TripIndex index;
    const auto heard = [&index](Seconds ago) {
        index.hear_own_voice(std::chrono::steady_clock::now() - ago);
    };
    const TripId stays = TripId::make();
    const TripId goes = TripId::make();
    {
        const TripIndex::Reading early{index};
        put(index, early, goes, 3);
    }
    {
        const TripIndex::Reading load{index};
        put(index, load, stays, 3);
        EXPECT_FALSE(index.is_loaded());
        EXPECT_TRUE(index.end_load(load.ticket()));
    }
    EXPECT_EQ(index.trips(), 1U);
    EXPECT_FALSE(index.is_current()) << "nothing was heard yet";
    heard(6s);
    EXPECT_FALSE(index.is_current());
    heard(0s);
    EXPECT_TRUE(index.is_current());
    const TripIndex::Reading interrupted{index};
    index.lose();
    EXPECT_FALSE(index.is_current());
    EXPECT_FALSE(index.end_load(interrupted.ticket()));
    EXPECT_FALSE(index.is_current());
    const TripIndex::Reading again{index};
    EXPECT_TRUE(index.end_load(again.ticket()));
    EXPECT_TRUE(index.is_current());
}

TEST(TripIndexStructure, FindsEachLegOfATrip) {
    constexpr LatLon between{6.1, -4.6};
    TripIndex index;
    IndexedTrip made = trip(TripId::make());
    IndexedStop middle = made.stops[0];
    middle.point = between;
    middle.order = 1;
    middle.offset_m = 100'000;
    middle.dropoff_allowed = true;
    made.stops[0].segment_to_m = middle.offset_m;
    made.stops[1].order = 2;
    made.stops.insert(made.stops.begin() + 1, middle);
    made.labels = std::string{"A\0\0C\0", 5};
    std::string shown;
    const auto legs = [&](LatLon from, LatLon to) {
        Search wanted = search();
        wanted.from = from;
        wanted.to = to;
        const auto found = index.find(wanted);
        for (const IndexedLeg& leg : found.page) shown = leg.from_label + "-" + leg.to_label;
        return found.total;
    };
    const auto put_it = [&] {
        const TripIndex::Reading reading{index};
        index.put(reading, {made}, {made.id});
    };
    put_it();
    EXPECT_EQ(legs(here, between), 1);
    EXPECT_EQ(shown, "A-");
    EXPECT_EQ(legs(between, there), 1);
    EXPECT_EQ(shown, "-C");
    EXPECT_EQ(legs(here, there), 1);
    EXPECT_EQ(shown, "A-C");
    EXPECT_EQ(legs(there, here), 0);
    EXPECT_EQ(legs(between, here), 0);
    made.stops[1].dropoff_allowed = false;
    put_it();
    EXPECT_EQ(legs(here, between), 0);
    EXPECT_EQ(legs(between, there), 1);
    made.stops[1].pickup_allowed = false;
    put_it();
    EXPECT_EQ(legs(between, there), 0);
    EXPECT_EQ(legs(here, there), 1);
}

TEST(TripIndexStructure, FindsAcrossTheDateLine) {
    constexpr LatLon west{-16.5, 179.99};
    constexpr LatLon east{-16.5, -179.99};
    constexpr LatLon elsewhere{-17.8, 178.4};
    TripIndex index;
    const auto put_between = [&index](LatLon from, LatLon to) {
        IndexedTrip made = trip(TripId::make());
        made.stops[0].point = from;
        made.stops[1].point = to;
        const TripIndex::Reading reading{index};
        index.put(reading, {made}, {});
    };
    const auto between = [&index](LatLon from, LatLon to) {
        Search wanted = search();
        wanted.from = from;
        wanted.to = to;
        return index.find(wanted).total;
    };
    put_between(west, elsewhere);
    put_between(elsewhere, east);
    const auto check = [&] {
        EXPECT_EQ(between(east, elsewhere), 1);
        EXPECT_EQ(between(elsewhere, west), 1);
        EXPECT_EQ(between({-16.5, -179.5}, elsewhere), 0);
        EXPECT_EQ(between(elsewhere, {-16.5, 179.5}), 0);
    };
    check();
    // Few cells are looked at one by one, of many only those near.
    for (int i = 0; i < 500; ++i) put_between({0.0 + i * 0.1, 20.0}, elsewhere);
    check();
}

TEST(TripIndexStructure, NewsAreToldOnce) {
    TripIndex index;
    const TripId id = TripId::make();
    index.mark_here(id);
    index.mark_here(id);
    index.mark(TripId::make());
    const auto news = index.take_news();
    EXPECT_EQ(news.trips, std::vector{id});
    EXPECT_TRUE(index.take_news().trips.empty());
    index.give_back(news);
    EXPECT_EQ(index.take_news().trips, std::vector{id});
}

// Under TSan: searches, readings, marks and losses on four threads.
TEST(TripIndexStructure, ThreadsShareIt) {
    constexpr int rounds = 2'000;
    TripIndex index;
    std::vector<TripId> ids;
    for (int i = 0; i < 50; ++i) ids.push_back(TripId::make());
    const auto write = [&](unsigned seed) {
        for (unsigned i = 0; i < rounds; ++i) {
            const TripId id = ids[(i * 7 + seed) % ids.size()];
            index.mark_here(id);
            const TripIndex::Reading reading{index};
            i % 5 == seed % 5 ? put_gone(index, reading, id) : put(index, reading, id, 1 + i % 3);
            if (i % 500 == 0) index.lose();
            index.take_news();
        }
    };
    const auto read = [&] {
        for (int i = 0; i < rounds; ++i) {
            const auto found = index.find(search(2));
            EXPECT_LE(found.total, static_cast<std::int64_t>(ids.size()));
            index.marked_trips();
            index.is_current();
        }
    };
    {
        const std::jthread threads[] = {std::jthread{write, 1U}, std::jthread{write, 2U},
                                        std::jthread{read}, std::jthread{read}};
    }
    const TripIndex::Reading last{index};
    for (const TripId id : ids) put(index, last, id, 3);
    EXPECT_EQ(total(index), static_cast<std::int64_t>(ids.size()));
    EXPECT_EQ(index.trips(), ids.size());
    EXPECT_EQ(index.marked(), 0U);
}

}  // namespace
}  // namespace taama::carpool
