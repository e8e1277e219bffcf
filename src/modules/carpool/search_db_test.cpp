#include "modules/carpool/carpool_test_world.hpp"
#include "modules/carpool/geometry.hpp"

#include <random>

namespace taama::carpool {
namespace {

using Io = asio::io_context;

SearchQuery between(LatLon from, LatLon to) {
    SearchQuery query;
    query.from = {from.lat, from.lon};
    query.to = {to.lat, to.lon};
    query.date = *parse_date("2026-10-02");
    return query;
}

Task<http::List<HitView>> search(World& world, SearchQuery query, http::Caller caller = {},
                                 http::Paging paging = {}) {
    const http::Request request;
    http::Context context = world.context_of(request);
    co_return co_await search_trips(world.deps, context, http::MaybeCaller{caller},
                                    http::Query<SearchQuery>{std::move(query)}, paging);
}

NewTrip by_toumodi() {
    NewTrip trip = abidjan_yamoussoukro();
    NewStop stop;
    stop.order = {1};
    stop.point = {toumodi.lat, toumodi.lon};
    stop.label = json::Text<1, 120>{"Toumodi"};
    trip.stops = {stop};
    return trip;
}

TEST(Search, ALegBetweenStops_S1_083) {
    in_world(+[](Io&, World& world) -> Task<void> {
        const auto driver = co_await world.driver();
        const TripView trip = co_await world.publish(driver, by_toumodi());
        auto found = co_await search(world, between(toumodi, yamoussoukro));
        EXPECT_EQ(found.items.size(), 1U);
        if (found.items.empty()) co_return;
        const HitView& hit = found.items[0];
        EXPECT_EQ(hit.trip_id, trip.id);
        EXPECT_EQ(hit.trip_price_per_seat.minor, 6'000);
        EXPECT_EQ(hit.seats_available, 3);
        EXPECT_EQ(hit.match.from.text, "Toumodi");
        EXPECT_EQ(hit.match.from.order, 1);
        EXPECT_EQ(to_string(hit.match.from.at), "2026-10-02T12:21:20Z");
        EXPECT_EQ(to_string(hit.match.to.at), "2026-10-02T13:14:06Z");
        EXPECT_EQ(hit.match.price_per_seat.minor, 1'100);
        EXPECT_EQ(hit.match.distance_m, 52'772);
        EXPECT_EQ(hit.match.duration_s, 3'166);
        EXPECT_EQ(hit.match.seats_free, 3);
        EXPECT_FALSE(hit.match.whole_trip);
        EXPECT_EQ(hit.match.score_parts.proximity.units, 10'000);
        EXPECT_EQ(json::to_json(hit.match.score_parts.rating), "0.8750");
        EXPECT_EQ(found.pagination->total, 1);

        // His own trips are nothing for a driver; nobody goes back; nothing starts where it ends.
        EXPECT_TRUE((co_await search(world, between(toumodi, yamoussoukro), user_caller(driver)))
                        .items.empty());
        EXPECT_TRUE((co_await search(world, between(yamoussoukro, toumodi))).items.empty());
        EXPECT_TRUE((co_await search(world, between(plateau, plateau))).items.empty());
    });
}

TEST(Search, Filters_S1_168) {
    in_world(+[](Io&, World& world) -> Task<void> {
        co_await world.publish(co_await world.driver(), by_toumodi());
        const SearchQuery whole = between(plateau, yamoussoukro);
        struct Case {
            const char* name;
            std::function<void(SearchQuery&)> change;
            std::size_t hits;
        };
        const Case cases[] = {
            {"as it is", [](SearchQuery&) {}, 1},
            {"too many seats", [](SearchQuery& q) { q.seats_gte = json::Int<1, 8>{4}; }, 0},
            {"enough seats", [](SearchQuery& q) { q.seats_gte = json::Int<1, 8>{3}; }, 1},
            {"cheaper", [](SearchQuery& q) { q.price_max = Money{5'999, {}}; }, 0},
            {"that price", [](SearchQuery& q) { q.price_min = q.price_max = Money{6'000, {}}; }, 1},
            {"comfort", [](SearchQuery& q) { q.comfort = {{vehicles::ComfortLevel::comfort}}; }, 0},
            {"rated drivers", [](SearchQuery& q) { q.driver_rating_gte = 4; }, 0},
            {"by hand only", [](SearchQuery& q) { q.auto_accept = false; }, 0},
            {"by itself", [](SearchQuery& q) { q.auto_accept = true; }, 1},
            {"with cash", [](SearchQuery& q) { q.cash = true; }, 1},
            {"from 08:30", [](SearchQuery& q) { q.time_from = {8h + 30min}; }, 1},
            {"from 08:31", [](SearchQuery& q) { q.time_from = {8h + 31min}; }, 0},
            {"until 08:29", [](SearchQuery& q) { q.time_to = {8h + 29min}; }, 0},
            {"another day", [](SearchQuery& q) { q.date = parse_date("2026-10-03"); }, 0},
            {"a day around",
             [](SearchQuery& q) {
                 q.date = parse_date("2026-10-03");
                 q.flex_days = json::Int<0, 3>{1};
             },
             1},
            {"the coming week", [](SearchQuery& q) { q.date.reset(); }, 1},
            {"a past day", [](SearchQuery& q) { q.date = parse_date("2026-09-01"); }, 0},
            {"far from the stop", [](SearchQuery& q) { q.from.lat += 0.3; }, 0},
            {"far, but within 40 km",
             [](SearchQuery& q) {
                 q.from.lat += 0.3;
                 q.radius_km = 40;
             },
             1},
        };
        for (const Case& c : cases) {
            SCOPED_TRACE(c.name);
            SearchQuery query = whole;
            c.change(query);
            EXPECT_EQ((co_await search(world, query)).items.size(), c.hits);
        }
        SearchQuery next_day = whole;
        next_day.date = parse_date("2026-10-03");
        const auto nothing = co_await search(world, next_day);
        EXPECT_EQ(nothing.meta.at("search").at("nearest_days").as_array(),
                  (boost::json::array{"2026-10-02"}));
    });
}

TEST(Search, WhatIsBookedOrClosedIsNotFound) {
    in_world(+[](Io&, World& world) -> Task<void> {
        const auto driver = co_await world.driver();
        const TripView trip = co_await world.publish(driver, by_toumodi());
        NewBooking leg = seats_on(trip.id, 3);
        leg.to_stop = trip.stops[1].id;
        co_await world.book(co_await world.person(), leg);
        EXPECT_TRUE((co_await search(world, between(plateau, yamoussoukro))).items.empty());
        EXPECT_EQ((co_await search(world, between(toumodi, yamoussoukro))).items.size(), 1U);
        // The hold lapses: the seats are free again though no job has run.
        world.wait(30min);
        EXPECT_EQ((co_await search(world, between(plateau, yamoussoukro))).items.size(), 1U);
        co_await world.call(cancel_trip, driver, trip.id, CancelTrip{});
        EXPECT_TRUE((co_await search(world, between(toumodi, yamoussoukro))).items.empty());
    });
}

// The statement ranks as ranking.cpp does: on random trips, whatever the search.
TEST(Search, OrderIsThatOfTheRule_S1_167) {
    in_world(+[](Io&, World& world) -> Task<void> {
        std::mt19937 random{7};  // the same trips in each run
        const LatLon towns[] = {plateau, toumodi, yamoussoukro, bouake};
        const auto near = [&random](LatLon town) {
            std::uniform_real_distribution<double> off{-0.1, 0.1};
            return LatLon{town.lat + off(random), town.lon + off(random)};
        };
        for (int i = 0; i < 40; ++i) {
            NewTrip trip = abidjan_yamoussoukro();
            const std::size_t from = random() % 3;
            const std::size_t to = from + 1 + random() % (3 - from);
            const LatLon a = near(towns[from]);
            const LatLon b = near(towns[to]);
            trip.origin = {a.lat, a.lon, {"A"}};
            trip.destination = {b.lat, b.lon, {"B"}};
            trip.departure_time += std::chrono::minutes{random() % 600};
            trip.price_per_seat.minor = 500 * static_cast<std::int64_t>(1 + random() % 20);
            co_await world.publish(co_await world.driver(), trip);
        }
        for (std::size_t from = 0; from < 3; ++from) {
            SearchQuery query = between(towns[from], towns[from + 1]);
            query.time_from = {6h};
            const auto found = co_await search(world, query);
            EXPECT_GT(found.items.size(), 1U);
            std::vector<HitView> sorted = found.items;
            std::sort(sorted.begin(), sorted.end(), [](const HitView& a, const HitView& b) {
                return std::tuple{-a.match.score.units, a.match.from.at, a.trip_id} <
                       std::tuple{-b.match.score.units, b.match.from.at, b.trip_id};
            });
            for (std::size_t i = 0; i < sorted.size(); ++i)
                EXPECT_EQ(found.items[i].trip_id, sorted[i].trip_id) << i;
            // Two pages are one list.
            auto first = co_await search(world, query, {}, {.page = 1, .page_size = 1});
            auto second = co_await search(world, query, {}, {.page = 2, .page_size = 1});
            EXPECT_EQ(first.items.at(0).trip_id, sorted[0].trip_id);
            EXPECT_EQ(second.items.at(0).trip_id, sorted[1].trip_id);
        }
    });
}

}  // namespace
}  // namespace taama::carpool
