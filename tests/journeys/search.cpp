// Searches by the index in memory: nobody can tell it from the database.

#include <gtest/gtest.h>

#include "tests/journeys/deals.hpp"

namespace taama::test {
namespace {

using namespace std::chrono_literals;
namespace json = boost::json;

constexpr auto patience = 15s;
constexpr const char* way = "/api/v1/trips/search?from=5.3575,-4.0083&to=6.8190,-5.2760";

struct Answer {
    std::string engine;
    std::vector<std::string> trips;

    bool has(const std::string& trip) const {
        return std::ranges::find(trips, trip) != trips.end();
    }
};

Answer search(const ServerProcess& node) {
    HttpClient http = node.client();
    const Response found = http.get(way);
    EXPECT_EQ(found.status, 200) << found.brief();
    Answer answer{.engine = found.text("/meta/search/engine"), .trips = {}};
    for (const json::value& hit : found.items())
        answer.trips.emplace_back(hit.at("trip_id").as_string());
    return answer;
}

template <class Condition>
bool comes_true(Condition condition) {
    const auto limit = std::chrono::steady_clock::now() + patience;
    while (!condition()) {
        if (std::chrono::steady_clock::now() > limit) return false;
        std::this_thread::sleep_for(20ms);
    }
    return true;
}

bool answers_by(const ServerProcess& node, std::string_view engine) {
    return comes_true([&] { return search(node).engine == engine; });
}

TEST(SearchIndex, WhoPublishesOrBooksSeesItAtOnce_S1_186) {
    const ServerProcess server;
    ASSERT_TRUE(answers_by(server, "index"));
    Person driver = make_driver(server);
    for (int i = 0; i < 5; ++i) {
        const std::string trip = publish(server, driver);
        EXPECT_TRUE(search(server).has(trip));
        Person passenger = sign_up(server);
        const std::string booking = booked(passenger, trip, 3);
        EXPECT_FALSE(search(server).has(trip)) << "the last seat is taken";
        EXPECT_EQ(
            passenger.http.post("/api/v1/bookings/" + booking + "/cancel", json::object{}).status,
            200);
        EXPECT_TRUE(search(server).has(trip));
        EXPECT_EQ(driver.http.del("/api/v1/trips/" + trip).status, 204);
        const Answer after = search(server);
        EXPECT_FALSE(after.has(trip));
        EXPECT_EQ(after.engine, "index");
    }
}

TEST(SearchIndex, NodesSeeEachOthersTrips_S1_189) {
    ServerProcess first;
    auto second = std::make_unique<ServerProcess>(ServerOptions{.settings = {}, .beside = &first});
    ASSERT_TRUE(answers_by(first, "index"));
    ASSERT_TRUE(answers_by(*second, "index"));
    Person driver = make_driver(first);
    const std::string trip = publish(first, driver);
    EXPECT_TRUE(comes_true([&] { return search(*second).has(trip); }));
    const Person passenger = sign_up(first);
    Person there{
        .http = second->client(), .id = passenger.id, .access_token = passenger.access_token};
    there.http.bearer(passenger.access_token);
    booked(there, trip, 3);
    EXPECT_TRUE(comes_true([&] { return !search(first).has(trip); }));
    EXPECT_EQ(search(first).engine, "index");
    // One that dies may have left something untold: the other looks everything up again.
    second->kill_hard();
    EXPECT_TRUE(answers_by(first, "index"));
    EXPECT_FALSE(search(first).has(trip));
}

TEST(SearchIndex, TheOperatorMaySwitchItOff) {
    const ServerProcess server;
    ASSERT_TRUE(answers_by(server, "index"));
    Person driver = make_driver(server);
    const std::string trip = publish(server, driver);
    Sql sql = server.sql();
    sql.query(
        "insert into settings.values (key, value, version, updated_at)"
        " values ('carpool.search_engine', '\"sql\"', 1, now())");
    sql.query("notify settings_changed");
    ASSERT_TRUE(answers_by(server, "sql"));
    EXPECT_TRUE(search(server).has(trip));
    EXPECT_EQ(driver.http.del("/api/v1/trips/" + trip).status, 204);
    sql.query("delete from settings.values where key = 'carpool.search_engine'");
    sql.query("notify settings_changed");
    ASSERT_TRUE(answers_by(server, "index"));
    EXPECT_FALSE(search(server).has(trip));
    // What was changed by hand is told by hand.
    const std::string other = publish(server, driver);
    sql.query("update carpool.trip_stops set open = false where trip_id = $1", {other});
    sql.query("notify carpool_trips");
    EXPECT_TRUE(comes_true([&] { return !search(server).has(other); }));
}

}  // namespace
}  // namespace taama::test
