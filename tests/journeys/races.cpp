// Idempotency and the races that the contract names: each test fails without its guard.

#include <gtest/gtest.h>

#include <set>

#include "tests/journeys/deals.hpp"

namespace taama::test {
namespace {

using namespace std::chrono_literals;
namespace json = boost::json;

std::vector<Person> sign_up_many(const ServerProcess& server, int count) {
    std::vector<Person> people;
    for (int i = 0; i < count; ++i) people.push_back(sign_up(server));
    return people;
}
std::string in(const ServerProcess& server, std::chrono::seconds after) {
    return to_string(std::chrono::floor<std::chrono::seconds>(server_now(server)) + after);
}
long long bookings_of(const ServerProcess& server, const std::string& trip) {
    return server.sql().number("select count(*) from carpool.bookings where trip_id = $1", {trip});
}

TEST(Idempotency, HundredAtOnceOneEffect_S1_174) {
    auto& server = shared_server();
    Person driver = make_driver(server);
    Person passenger = sign_up(server);
    const std::string trip = publish(server, driver);
    const HeaderList one_key = key();
    const json::object body{{"trip_id", trip}, {"seats", 1}};
    const auto answers = at_once(100, [&](int) {
        auto http = server.client();
        http.bearer(passenger.access_token);
        return http.post("/api/v1/bookings", body, one_key);
    });
    std::set<std::string> ids;
    for (const Response& answer : answers) {
        if (answer.status == 201)
            ids.insert(answer.text("/data/id"));
        else
            EXPECT_EQ(answer.code(), "idempotency_in_progress") << answer.brief();
    }
    EXPECT_EQ(ids.size(), 1U);
    EXPECT_EQ(bookings_of(server, trip), 1);
    const Response replay = passenger.http.post("/api/v1/bookings", body, one_key);
    EXPECT_EQ(replay.status, 201);
    EXPECT_EQ(replay.header("Idempotent-Replayed"), "true");
    EXPECT_EQ(replay.text("/data/id"), *ids.begin());
    EXPECT_EQ(replay.header("Location"), "/api/v1/bookings/" + *ids.begin());
}

TEST(Idempotency, TheFirstAnswerStays) {
    auto& server = shared_server();
    Person driver = make_driver(server);
    Person passenger = sign_up(server);
    Person other = sign_up(server);
    const std::string trip = publish(server, driver);
    const HeaderList one_key = key();
    const auto ask = [&](Person& person, int seats) {
        return person.http.post("/api/v1/bookings",
                                json::object{{"trip_id", trip}, {"seats", seats}}, one_key);
    };
    const Response refused = ask(passenger, 8);
    EXPECT_EQ(refused.code(), "booking_conflict");
    const Response again = ask(passenger, 8);
    EXPECT_EQ(again.code(), "booking_conflict") << "also a refusal";
    EXPECT_EQ(again.header("Idempotent-Replayed"), "true");
    EXPECT_EQ(ask(passenger, 1).code(), "idempotency_mismatch");
    EXPECT_EQ(ask(other, 1).status, 201) << "keys are each person's own";
    for (const std::string& bad : {std::string{}, std::string(256, 'k'), std::string{"a\tb"}})
        EXPECT_EQ(passenger.http
                      .post("/api/v1/bookings", json::object{{"trip_id", trip}, {"seats", 1}},
                            {{"Idempotency-Key", bad}})
                      .code(),
                  "bad_request");
    const HeaderList on_a_plain_post = key();
    const auto add = [&] {
        return passenger.http.post("/api/v1/vehicles",
                                   json::object{{"make", "Kia"},
                                                {"model", "Rio"},
                                                {"color", "Noir"},
                                                {"seats_total", 5},
                                                {"plate_number", "7777 KK 01"}},
                                   on_a_plain_post);
    };
    const Response car = add();
    ASSERT_EQ(car.status, 201) << car.brief();
    EXPECT_EQ(add().text("/data/id"), car.text("/data/id")) << "honoured on every POST";
}

TEST(Races, LastSeatHasOneWinner_S1_051_S1_171) {
    auto& server = shared_server();
    Person driver = make_driver(server);
    const std::string trip = publish(server, driver, {{"seats_available", 1}});
    auto people = sign_up_many(server, 64);
    const auto answers =
        at_once(64, [&](int i) { return book(people[static_cast<std::size_t>(i)], trip); });
    EXPECT_EQ(count_status(answers, 201), 1);
    for (const Response& answer : answers) {
        if (answer.status == 201) continue;
        EXPECT_EQ(answer.code(), "booking_conflict") << answer.brief();
        EXPECT_EQ(answer.integer("/error/details/available"), 0);
    }
    expect_seats_add_up(server, trip);
}

TEST(Races, TwoRequestsForOneSeatAcceptedAtOnce) {
    auto& server = shared_server();
    Person driver = make_driver(server);
    auto people = sign_up_many(server, 2);
    const std::string trip =
        publish(server, driver, {{"seats_available", 1}, {"allow_auto_accept", false}});
    const std::string ids[] = {booked(people[0], trip), booked(people[1], trip)};
    const auto answers = at_once(2, [&](int i) {
        auto http = server.client();
        http.bearer(driver.access_token);
        return http.post("/api/v1/bookings/" + ids[i] + "/accept");
    });
    EXPECT_EQ(count_status(answers, 200), 1);
    for (std::size_t i = 0; i < 2; ++i)
        if (answers[i].status != 200) {
            EXPECT_EQ(answers[i].code(), "booking_conflict");
            EXPECT_EQ(driver.http.get("/api/v1/bookings/" + ids[i]).text("/data/status"),
                      "pending");
        }
    expect_seats_add_up(server, trip);
}

TEST(Races, TwoDriversAcceptOnePerson) {
    auto& server = shared_server();
    Person drivers[] = {make_driver(server), make_driver(server)};
    Person passenger = sign_up(server);
    std::string ids[2];
    for (int i = 0; i < 2; ++i)
        ids[i] = booked(passenger, publish(server, drivers[i], {{"allow_auto_accept", false}}));
    const auto answers = at_once(
        2, [&](int i) { return drivers[i].http.post("/api/v1/bookings/" + ids[i] + "/accept"); });
    EXPECT_EQ(count_status(answers, 200), 1);
    EXPECT_EQ(count_status(answers, 409), 1);
    for (std::size_t i = 0; i < 2; ++i)
        if (answers[i].status != 200)
            EXPECT_EQ(passenger.http.get("/api/v1/bookings/" + ids[i]).text("/data/cancel_reason"),
                      "superseded");
}

TEST(Races, UnpaidLimitHoldsInParallel_5_9) {
    auto& server = shared_server();
    Person passenger = sign_up(server);
    std::vector<std::string> trips;
    for (int day = 0; day < 12; ++day) {
        Person driver = make_driver(server);
        trips.push_back(publish(server, driver, {{"departure_time", in(server, 24h * (day + 1))}}));
    }
    for (std::size_t i = 0; i < 4; ++i) booked(passenger, trips[i]);
    const auto answers = at_once(8, [&](int i) {
        Person own{.http = server.client()};
        own.http.bearer(passenger.access_token);
        return book(own, trips[static_cast<std::size_t>(4 + i)]);
    });
    EXPECT_EQ(count_status(answers, 201), 1);
    EXPECT_EQ(count_status(answers, 422), 7);
}

TEST(Races, CancelWhilePeopleBook) {
    auto& server = shared_server();
    Person driver = make_driver(server);
    auto people = sign_up_many(server, 20);
    const std::string trip = publish(server, driver, {{"seats_available", 4}});
    const auto answers = at_once(21, [&](int i) {
        if (i == 20)
            return driver.http.post("/api/v1/trips/" + trip + "/cancel",
                                    json::object{{"reason", "illness"}});
        return book(people[static_cast<std::size_t>(i)], trip);
    });
    EXPECT_EQ(answers[20].status, 200) << answers[20].brief();
    EXPECT_EQ(server.sql().number("select count(*) from carpool.bookings where trip_id = $1"
                                  " and status in ('pending', 'accepted', 'paid')",
                                  {trip}),
              0)
        << "no live booking on a cancelled trip";
}

TEST(Races, SeatsChangeWhilePeopleBook) {
    auto& server = shared_server();
    Person driver = make_driver(server);
    auto people = sign_up_many(server, 12);
    const std::string trip = publish(server, driver, {{"seats_available", 4}});
    at_once(16, [&](int i) {
        if (i < 12) return book(people[static_cast<std::size_t>(i)], trip);
        auto http = server.client();
        http.bearer(driver.access_token);
        return http.patch("/api/v1/trips/" + trip, json::object{{"seats_offered", 1 + i % 4}});
    });
    expect_seats_add_up(server, trip);
    EXPECT_EQ(
        server.sql().number(
            "select count(*) from carpool.trip_segments where trip_id = $1 and seats_free < 0",
            {trip}),
        0);
}

TEST(Races, PayAndCancelAtOnceSumsAgree) {
    auto& server = shared_server();
    for (int round = 0; round < 8; ++round) {
        Person driver = make_driver(server);
        Person passenger = sign_up(server);
        const std::string trip = publish(server, driver, {{"departure_time", in(server, 72h)}});
        const std::string booking = booked(passenger, trip);
        const Response payment = init_payment(passenger, booking);
        at_once(2, [&](int i) {
            if (i == 0)
                return passenger.http.post("/api/v1/bookings/" + booking + "/cancel",
                                           json::object{{"reason", "other"}});
            // Refused by the sandbox when the cancel was first and closed the session.
            auto http = server.client();
            return http.post("/sandbox/providers/wave/transactions/" + session_of(payment) + "/pay",
                             json::object{});
        });
        eventually("the money is where it was", 20s, [&] {
            const std::string status =
                passenger.http.get("/api/v1/payments/" + payment.text("/data/payment/id"))
                    .text("/data/status");
            return status == "refunded" || status == "failed";
        });
        EXPECT_EQ(ledger_balance(server, "escrow", booking), 0);
    }
    server.expect_ledger_holds();
}

TEST(Races, ManyInitsOneIntent) {
    auto& server = shared_server();
    Person driver = make_driver(server);
    Person passenger = sign_up(server);
    const std::string booking = booked(passenger, publish(server, driver));
    const auto answers = at_once(16, [&](int) {
        Person own{.http = server.client()};
        own.http.bearer(passenger.access_token);
        return init_payment(own, booking);
    });
    for (const Response& answer : answers) EXPECT_TRUE(answer.status / 100 == 2) << answer.brief();
    EXPECT_EQ(server.sql().number("select count(*) from payments.payment where subject_id = $1",
                                  {booking}),
              1);
}

}  // namespace
}  // namespace taama::test
