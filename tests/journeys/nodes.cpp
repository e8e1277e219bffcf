// Several processes on one database: what happens on one node reaches the sockets of all.

#include <gtest/gtest.h>

#include <thread>

#include "tests/journeys/deals.hpp"

namespace taama::test {
namespace {

using namespace std::chrono_literals;
namespace json = boost::json;

constexpr auto patience = 15s;
constexpr auto a_moment = 300ms;

std::string path_of(const std::string& booking, std::string_view rest = {}) {
    return "/api/v1/bookings/" + booking + std::string{rest};
}

// The same person at another node.
Person at(const ServerProcess& node, const Person& person) {
    Person there{.http = node.client(), .id = person.id, .access_token = person.access_token};
    there.http.bearer(person.access_token);
    return there;
}

std::string say(Person& person, const std::string& booking, const std::string& text) {
    const Response sent =
        person.http.post(path_of(booking, "/messages"), json::object{{"content", text}});
    EXPECT_EQ(sent.status, 201) << sent.brief();
    return sent.text("/data/id");
}

// The contents of the next messages that people, not the system, wrote.
std::string next_messages(WebSocketClient& socket, int count) {
    std::string heard;
    while (count > 0) {
        const auto frame = socket.receive("message", patience);
        if (!frame) break;
        if (is_text(frame->at("data").at("type"), "system")) continue;
        heard += std::string{frame->at("data").at("content").as_string()} + ";";
        --count;
    }
    return heard;
}

// What else comes of this type within a moment.
int frames_left(WebSocketClient& socket, std::string_view type) {
    int count = 0;
    while (const auto frame = socket.receive(a_moment))
        count += is_text(frame->at("type"), type) ? 1 : 0;
    return count;
}

// A trip of a driver, with the booking of a passenger that waits for its answer.
struct Deal {
    explicit Deal(const ServerProcess& server)
        : driver(make_driver(server)),
          passenger(sign_up(server)),
          trip(publish(server, driver, {{"allow_auto_accept", false}})),
          booking(booked(passenger, trip)) {}

    std::string chat() const { return "/ws/bookings/" + booking; }

    Person driver;
    Person passenger;
    std::string trip;
    std::string booking;
};

// The passenger's sockets on two nodes hear what the driver says and does on one of them.
void expect_live_frames(const ServerProcess& one, const ServerProcess& other, const Deal& deal) {
    Person driver = at(one, deal.driver);
    auto here = one.socket(deal.chat(), deal.passenger.bearer());
    auto there = other.socket(deal.chat(), deal.passenger.bearer());
    ASSERT_TRUE(here.receive("ready", patience));
    ASSERT_TRUE(there.receive("ready", patience));

    say(driver, deal.booking, "un");
    say(driver, deal.booking, "deux");
    for (WebSocketClient* socket : {&here, &there})
        EXPECT_EQ(next_messages(*socket, 2), "un;deux;");

    auto answering = one.socket(deal.chat(), deal.driver.bearer());
    const auto ready = answering.receive("ready", patience);
    ASSERT_TRUE(ready);
    EXPECT_EQ(ready->at("data").at("peer_online"), true);
    answering.send({{"type", "typing"}});
    for (WebSocketClient* socket : {&here, &there})
        EXPECT_TRUE(socket->receive("typing", patience));

    ASSERT_EQ(driver.http.post(path_of(deal.booking, "/accept")).status, 200);
    for (WebSocketClient* socket : {&here, &there}) {
        // That it was made may still come before.
        std::string status;
        while (status != "accepted") {
            const auto booking = socket->receive("booking", patience);
            ASSERT_TRUE(booking);
            status = booking->at("data").at("status").as_string();
        }
    }
    for (WebSocketClient* socket : {&here, &there}) EXPECT_EQ(frames_left(*socket, "booking"), 0);
}

TEST(Nodes, WorkerFeedsTheSocketsOfAServer) {
    ServerProcess first;
    const Deal deal{first};
    ServerProcess server{{.settings = {}, .beside = &first, .command = {"serve", "--no-jobs"}}};
    first.stop();
    const ServerProcess worker{{.settings = {}, .beside = &first, .command = {"worker"}}};
    expect_live_frames(server, server, deal);
}

TEST(Nodes, EitherOfTwoServersFeedsBoth) {
    ServerProcess first;
    const ServerProcess second{{.settings = {}, .beside = &first}};
    expect_live_frames(first, second, Deal{first});
    expect_live_frames(second, first, Deal{first});
}

// Who comes back with the last message seen gets the others once, in order, while more are said.
TEST(Nodes, NothingIsLostOrDoubledForWhoComesBack) {
    ServerProcess first;
    const ServerProcess second{{.settings = {}, .beside = &first}};
    const Deal deal{first};
    Person driver = at(first, deal.driver);
    std::string expected;
    std::string heard;
    std::string since = say(driver, deal.booking, "debut");
    for (int round = 0; round < 5; ++round) {
        const auto next = [&](std::string_view when) {
            const std::string text = std::to_string(round) + std::string{when};
            say(driver, deal.booking, text);
            expected += text + ";";
        };
        next("a");
        next("b");
        auto socket = (round % 2 == 0 ? second : first)
                          .socket(deal.chat() + "?since=" + since, deal.passenger.bearer());
        next("c");
        next("d");
        for (int i = 0; i < 4; ++i) {
            const auto frame = socket.receive("message", patience);
            ASSERT_TRUE(frame);
            heard += std::string{frame->at("data").at("content").as_string()} + ";";
            since = frame->at("id").as_string();
        }
        EXPECT_EQ(frames_left(socket, "message"), 0);
    }
    EXPECT_EQ(heard, expected);
}

// He counts as away as soon as one of them closes, but the other one still has a reader.
TEST(Nodes, WhoClosesOneOfTwoSocketsStillHears) {
    ServerProcess first;
    const ServerProcess second{{.settings = {}, .beside = &first}};
    const Deal deal{first};
    auto stays = second.socket(deal.chat(), deal.passenger.bearer());
    ASSERT_TRUE(stays.receive("ready", patience));
    {
        auto leaves = first.socket(deal.chat(), deal.passenger.bearer());
        ASSERT_TRUE(leaves.receive("ready", patience));
    }
    const auto is_online = [&] {
        auto asks = first.socket(deal.chat(), deal.driver.bearer());
        const auto ready = asks.receive("ready", patience);
        return ready && ready->at("data").at("peer_online").as_bool();
    };
    for (int tries = 0; is_online() && tries < 100; ++tries) std::this_thread::sleep_for(20ms);
    Person driver = at(first, deal.driver);
    say(driver, deal.booking, "encore");
    EXPECT_EQ(next_messages(stays, 1), "encore;");
}

TEST(Nodes, ADriverOfOneNodeIsSeenOnAnother) {
    ServerProcess first;
    const ServerProcess second{{.settings = {}, .beside = &first}};
    Person driver = make_driver(first);
    Person passenger = sign_up(first);
    const std::string soon =
        to_string(std::chrono::floor<std::chrono::seconds>(server_now(first)) + 20min);
    const std::string trip = publish(first, driver, {{"departure_time", soon}});
    paid_booking(first, passenger, trip);
    const std::string target = "/ws/trips/" + trip + "/driver-location";
    auto watcher = second.socket(target, passenger.bearer());
    auto publisher = first.socket(target, driver.bearer());
    publisher.send({{"type", "positions"},
                    {"data",
                     {{"device_id", "tecno-spark-0001"},
                      {"points",
                       {{{"seq", 1},
                         {"at", to_string(server_now(first))},
                         {"lat", 5.36},
                         {"lon", -4.01}}}}}}});
    ASSERT_TRUE(publisher.receive("ack", patience));
    const auto position = watcher.receive("position", patience);
    ASSERT_TRUE(position);
    EXPECT_DOUBLE_EQ(position->at("data").at("lat").to_number<double>(), 5.36);
}

}  // namespace
}  // namespace taama::test
