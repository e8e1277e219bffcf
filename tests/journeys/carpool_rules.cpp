// Vehicles, trips, stops and search over HTTP (carpool contract, 4.1 to 4.4, 5.1, 5.2 and 7).

#include <gtest/gtest.h>

#include "tests/journeys/deals.hpp"

namespace taama::test {
namespace {

using namespace std::chrono_literals;
namespace json = boost::json;

std::string in(const ServerProcess& server, std::chrono::seconds after) {
    return to_string(std::chrono::floor<std::chrono::seconds>(server_now(server)) + after);
}

json::object stop(int order, const json::object& position, json::object more = {}) {
    json::object out{{"order", order},
                     {"point", {{"lat", position.at("lat")}, {"lon", position.at("lon")}}},
                     {"label", position.at("text")}};
    for (auto& [name, value] : more) out[name] = std::move(value);
    return out;
}

// Plateau – Toumodi – Yamoussoukro – Bouaké: the example of the contract's arithmetic.
std::string publish_long_trip(const ServerProcess& server, Person& driver, json::object more = {}) {
    more["destination"] = bouake();
    more["stops"] = {stop(1, toumodi()), stop(2, yamoussoukro())};
    return publish(server, driver, std::move(more));
}

TEST(Vehicles, ManagedByTheirOwner_S1_033_S1_070_S1_071_S1_072_S1_073_S1_074) {
    auto& server = shared_server();
    Person owner = sign_up(server);
    Person stranger = sign_up(server);
    const std::string plate = unique_plate();
    const std::string id =
        add_vehicle(owner, {{"plate_number", plate}, {"comfort_level", "comfort"}});
    const std::string path = "/api/v1/vehicles/" + id;
    EXPECT_TRUE(owner.http.get(path).flag("/data/is_default")) << "the first one";
    EXPECT_EQ(stranger.http.get(path).status, 404);
    EXPECT_EQ(owner.http.get("/api/v1/vehicles").items().size(), 1U);

    std::string spelled = plate;
    std::ranges::replace(spelled, ' ', '-');
    json::object again{{"make", "Kia"},
                       {"model", "Rio"},
                       {"color", "Bleu"},
                       {"seats_total", 5},
                       {"plate_number", spelled}};
    const Response taken = stranger.http.post("/api/v1/vehicles", again);
    EXPECT_EQ(taken.code(), "already_exists");
    EXPECT_EQ(taken.text("/error/details/field"), "plate_number");
    EXPECT_EQ(owner.http.patch(path, json::object{{"color", "Rouge"}}).text("/data/color"),
              "Rouge");
    EXPECT_EQ(owner.http.put(path, json::object{{"color", "Vert"}}).text("/data/color"), "Vert");
    EXPECT_EQ(owner.http.patch(path, json::object{{"verified", true}}).code(), "validation_error");
    EXPECT_EQ(owner.http.del(path).status, 204);
    EXPECT_EQ(stranger.http.post("/api/v1/vehicles", again).status, 201)
        << "the plate is free again";
}

TEST(Vehicles, OneCalendar_F14) {
    auto& server = shared_server();
    Person driver = make_driver(server);
    const std::string vehicle = driver.http.get("/api/v1/vehicles").text("/data/0/id");
    const std::string path = "/api/v1/vehicles/" + vehicle;
    const Response maintenance = driver.http.post(
        path + "/maintenance", json::object{{"from", in(server, 48h)}, {"to", in(server, 72h)}});
    ASSERT_EQ(maintenance.status, 201) << maintenance.brief();
    const Response refused =
        driver.http.post("/api/v1/trips", new_trip(server, {{"departure_time", in(server, 50h)}}));
    EXPECT_EQ(refused.code(), "vehicle_unavailable") << refused.brief();
    EXPECT_EQ(driver.http.del(path + "/maintenance/" + maintenance.text("/data/id")).status, 204);
    publish(server, driver, {{"departure_time", in(server, 50h)}});
    EXPECT_EQ(driver.http
                  .post(path + "/maintenance",
                        json::object{{"from", in(server, 51h)}, {"to", in(server, 60h)}})
                  .code(),
              "vehicle_unavailable");
    EXPECT_EQ(driver.http.del(path).code(), "conflict") << "in use";
    EXPECT_EQ(
        driver.http.get(path + "/calendar?from=" + in(server, 0h) + "&to=" + in(server, 24h * 10))
            .items()
            .size(),
        1U);
}

TEST(Trips, PublishingNeedsTier3_S1_204) {
    auto& server = shared_server();
    Person driver = sign_up(server);
    add_vehicle(driver);
    const Response refused = driver.http.post("/api/v1/trips", new_trip(server));
    EXPECT_EQ(refused.code(), "kyc_required") << refused.brief();
    EXPECT_EQ(refused.integer("/error/details/required_tier"), 3);
    const Response draft =
        driver.http.post("/api/v1/trips", new_trip(server, {{"status", "draft"}}));
    ASSERT_EQ(draft.status, 201) << draft.brief();
    const std::string path = "/api/v1/trips/" + draft.text("/data/id");
    auto nobody = server.client();
    EXPECT_EQ(nobody.get(path).status, 404) << "a draft is its driver's";
    EXPECT_EQ(driver.http.post(path + "/publish").code(), "kyc_required");
    verify_identity(server, driver);
    EXPECT_EQ(driver.http.post(path + "/publish").text("/data/status"), "published");
    EXPECT_EQ(nobody.get(path).status, 200);
}

TEST(Trips, RouteAndTimesOfTheEstimate_S1_034_5_1) {
    auto& server = shared_server();
    Person driver = make_driver(server);
    const Response trip = driver.http.post("/api/v1/trips", new_trip(server));
    ASSERT_EQ(trip.status, 201) << trip.brief();
    EXPECT_EQ(trip.header("Location"), "/api/v1/trips/" + trip.text("/data/id"));
    EXPECT_EQ(trip.integer("/data/distance_m"), 278'988);
    EXPECT_EQ(trip.integer("/data/duration_s"), 16'739);
    EXPECT_EQ(trip.text("/data/route_source"), "estimate");
    EXPECT_EQ(trip.integer("/data/seats_offered"), 3);
}

TEST(Trips, BadInput) {
    auto& server = shared_server();
    Person driver = make_driver(server);
    json::object out_of_range = abidjan();
    out_of_range["lat"] = 91;
    json::object near = abidjan();
    near["lat"] = 5.361;
    json::array nine;
    for (int i = 1; i <= 9; ++i) nine.push_back(stop(i, toumodi()));
    const std::pair<const char*, json::object> cases[] = {
        {"departure_time", {{"departure_time", in(server, -60s)}}},
        {"departure_time", {{"departure_time", in(server, 24h * 91)}}},
        {"arrival_eta", {{"arrival_eta", in(server, 60s)}}},
        {"origin.lat", {{"origin", out_of_range}}},
        {"destination", {{"destination", near}}},
        {"stops", {{"stops", nine}}},
        {"stops", {{"stops", {stop(1, bouake()), stop(2, abidjan()), stop(3, bouake())}}}},
        {"price_per_seat", {{"price_per_seat", 6000.5}}},
        {"price_per_seat", {{"price_per_seat", -1}}},
        {"price_per_seat", {{"price_per_seat", 1e30}}},
        {"price_per_seat", {{"price_per_seat", true}}},
        {"price_per_seat", {{"price_per_seat", "6000"}}},
        {"seats_available", {{"seats_available", 5}}},
        {"seats_available", {{"seats_available", 0}}},
        {"", {{"seats_offered", 2}}},
        {"driver_id", {{"driver_id", driver.id}}},
    };
    for (const auto& [field, change] : cases) {
        SCOPED_TRACE(field + json::serialize(change));
        const Response refused = driver.http.post("/api/v1/trips", new_trip(server, change));
        EXPECT_EQ(refused.code(), "validation_error") << refused.brief();
        if (*field) {
            bool named = false;
            for (const auto& problem : refused.at("/error/details/fields").as_object())
                named |= std::string_view{problem.key()}.starts_with(field);
            EXPECT_TRUE(named) << refused.brief();
        }
    }
}

TEST(Trips, OneDriverOneTripAtATime) {
    auto& server = shared_server();
    Person driver = make_driver(server);
    const std::string second_car = add_vehicle(driver);
    const json::object trip = new_trip(server);
    const auto answers = at_once(2, [&](int i) {
        auto http = server.client();
        http.bearer(driver.access_token);
        json::object own = trip;
        if (i == 1) own["vehicle_id"] = second_car;
        return http.post("/api/v1/trips", own);
    });
    EXPECT_EQ(count_status(answers, 201), 1);
    for (const Response& answer : answers)
        if (answer.status != 201) EXPECT_EQ(answer.code(), "driver_busy") << answer.brief();
}

TEST(Trips, ChangedWhileNobodyBooked_S1_077_S1_078) {
    auto& server = shared_server();
    Person driver = make_driver(server);
    Person passenger = sign_up(server);
    const std::string trip = publish(server, driver);
    const std::string path = "/api/v1/trips/" + trip;
    EXPECT_EQ(driver.http.patch(path, json::object{{"price_per_seat", 5000}})
                  .integer("/data/price_per_seat"),
              5000);
    EXPECT_EQ(passenger.http.patch(path, json::object{{"price_per_seat", 1}}).status, 404);
    booked(passenger, trip, 2);
    const Response route = driver.http.patch(path, json::object{{"destination", bouake()}});
    EXPECT_EQ(route.code(), "invalid_state") << route.brief();
    const Response seats = driver.http.patch(path, json::object{{"seats_offered", 1}});
    EXPECT_EQ(seats.code(), "booking_conflict") << seats.brief();
    EXPECT_EQ(driver.http.patch(path, json::object{{"seats_available", 2}})
                  .integer("/data/seats_offered"),
              4)
        << "n free now";
    expect_seats_add_up(server, trip);
    EXPECT_EQ(driver.http.del(path).status, 204);
    EXPECT_EQ(driver.http.del(path).status, 404);
}

TEST(Stops, ReplacedAsAWhole_S1_035_S1_081_S1_082) {
    auto& server = shared_server();
    Person driver = make_driver(server);
    const std::string trip = publish_long_trip(server, driver);
    const std::string path = "/api/v1/trips/" + trip + "/stops";
    auto nobody = server.client();
    EXPECT_EQ(nobody.get(path).items().size(), 4U) << "with both ends";
    const Response one = driver.http.post(path, json::object{{"stops", {stop(7, toumodi())}}});
    ASSERT_EQ(one.status, 201) << one.brief();
    EXPECT_EQ(one.items().size(), 3U);
    EXPECT_EQ(one.integer("/data/1/order"), 1) << "renumbered";
    EXPECT_EQ(
        driver.http
            .post(path,
                  json::object{{"stops",
                                {stop(1, toumodi(),
                                      {{"pickup_allowed", false}, {"dropoff_allowed", false}})}}})
            .code(),
        "validation_error");
    EXPECT_EQ(driver.http.post(path, json::object{{"stops", json::array{}}}).items().size(), 2U);
}

TEST(Search, LegsHaveTheirOwnPriceAndSeats_S1_083_F08_5_2) {
    auto& server = shared_server();
    Person driver = make_driver(server);
    const std::string trip = publish_long_trip(server, driver, {{"seats_available", 1}});
    Person passenger = sign_up(server);
    const auto hit = [&](const json::object& from, const json::object& to) -> json::object {
        const Response found = passenger.http.get(
            "/api/v1/trips/search?page_size=100&en_route=false&from=" +
            json::serialize(from.at("lat")) + "," + json::serialize(from.at("lon")) +
            "&to=" + json::serialize(to.at("lat")) + "," + json::serialize(to.at("lon")));
        for (const auto& one : found.items())
            if (is_text(one.at("trip_id"), trip)) return one.at("match").as_object();
        return {};
    };
    const struct {
        json::object from, to;
        int price;
    } legs[] = {{abidjan(), toumodi(), 3300},
                {toumodi(), yamoussoukro(), 800},
                {yamoussoukro(), bouake(), 1900},
                {abidjan(), yamoussoukro(), 4100},
                {abidjan(), bouake(), 6000}};
    for (const auto& leg : legs) {
        const json::object match = hit(leg.from, leg.to);
        ASSERT_FALSE(match.empty()) << json::serialize(leg.from) << json::serialize(leg.to);
        EXPECT_EQ(match.at("price_per_seat"), leg.price);
    }
    EXPECT_EQ(hit(toumodi(), yamoussoukro()).at("distance_m"), 52'772);

    const Response stops = passenger.http.get("/api/v1/trips/" + trip + "/stops");
    const auto stop_id = [&](int i) { return stops.text("/data/" + std::to_string(i) + "/id"); };
    const Response first = book(passenger, trip, 1, {{"to_stop", stop_id(1)}});
    ASSERT_EQ(first.status, 201) << first.brief();
    EXPECT_EQ(first.integer("/data/amount_total"), 3300);
    Person second = sign_up(server);
    ASSERT_EQ(book(second, trip, 1, {{"from_stop", stop_id(2)}}).status, 201);
    Person third = sign_up(server);
    const Response full = book(third, trip, 1, {{"to_stop", stop_id(2)}});
    EXPECT_EQ(full.code(), "booking_conflict");
    EXPECT_EQ(full.integer("/error/details/available"), 0);
    EXPECT_EQ(full.integer("/error/details/requested"), 1);
    EXPECT_EQ(book(third, trip, 1, {{"from_stop", stop_id(1)}, {"to_stop", stop_id(2)}}).status,
              201);
    expect_seats_add_up(server, trip);
    EXPECT_TRUE(hit(abidjan(), toumodi()).empty()) << "sold";
}

TEST(Search, Parameters) {
    auto& server = shared_server();
    auto http = server.client();
    const std::string ends = "/api/v1/trips/search?from=5.3575,-4.0083&to=6.8190,-5.2760";
    const char* bad[] = {
        "&radius_km=0", "&radius_km=101",           "&sort=colour",     "&seats%3E=2&seats_gte=2",
        "&seats_min=9", "&price_min=5&price_max=4", "&time_from=25:00", "&flex_days=4",
        "&page=0",      "&page_size=101",           "&unknown=1",       "&date=2026-02-30"};
    for (const char* query : bad)
        EXPECT_EQ(http.get(ends + query).code(), "validation_error") << query;
    for (const char* query :
         {"from=abc&to=6,-5", "from=5.3&to=6,-5", "from=91,0&to=6,-5", "to=6,-5"})
        EXPECT_EQ(http.get("/api/v1/trips/search?" + std::string{query}).code(), "validation_error")
            << query;
    EXPECT_EQ(http.get("/api/v1/trips/search?from=5.3575,-4.0083&to=5.3575,-4.0083").items().size(),
              0U);
    EXPECT_EQ(http.get(ends + "&date=2020-01-01").items().size(), 0U) << "a past day";
    const Response found = http.get(ends + "&sort=price&page_size=1");
    EXPECT_EQ(found.integer("/meta/pagination/page_size"), 1);
    EXPECT_EQ(found.integer("/meta/search/radius_km"), 25);
}

TEST(Trips, QuoteOfALeg) {
    auto& server = shared_server();
    Person driver = make_driver(server);
    const std::string trip = publish_long_trip(server, driver);
    auto http = server.client();
    const std::string path = "/api/v1/trips/" + trip;
    const Response stops = http.get(path + "/stops");
    const Response quote = http.get(path + "/quote?seats=2&from_stop=" + stops.text("/data/1/id"));
    ASSERT_EQ(quote.status, 200) << quote.brief();
    EXPECT_EQ(quote.integer("/data/subtotal"), 2 * quote.integer("/data/price_per_seat"));
    const Response backwards = http.get(path + "/quote?from_stop=" + stops.text("/data/2/id") +
                                        "&to_stop=" + stops.text("/data/1/id"));
    EXPECT_EQ(backwards.code(), "no_match");
    EXPECT_EQ(backwards.text("/error/details/reason"), "wrong_order");
}

}  // namespace
}  // namespace taama::test
