// Conversations about a booking beyond the paid journey (carpool contract, 4.10 and 7).

#include <gtest/gtest.h>

#include "tests/journeys/deals.hpp"

namespace taama::test {
namespace {

using namespace std::chrono_literals;
namespace json = boost::json;

constexpr auto patience = 10s;

struct Chat : testing::Test {
    ServerProcess& server = shared_server();
    Person driver = make_driver(server);
    Person passenger = sign_up(server);
    std::string trip = publish(server, driver);
    std::string booking = booked(passenger, trip);

    std::string messages() const { return "/api/v1/bookings/" + booking + "/messages"; }
    int status_of_url(Person& reader, const std::string& file) const {
        return reader.http.post("/api/v1/files/" + file + "/url", json::object{}).status;
    }
};

TEST_F(Chat, AnImageIsForTheTwoWhoTalk_S1_100) {
    const std::string file = upload_id(passenger, "message_image");
    EXPECT_EQ(status_of_url(driver, file), 404) << "not sent yet";
    const Response sent =
        passenger.http.post(messages(), json::object{{"type", "image"}, {"content", file}});
    ASSERT_EQ(sent.status, 201) << sent.brief();
    EXPECT_TRUE(sent.has("/data/image_url"));
    EXPECT_EQ(status_of_url(passenger, file), 200);
    const Response url = driver.http.post("/api/v1/files/" + file + "/url", json::object{});
    ASSERT_EQ(url.status, 200) << url.brief();
    EXPECT_EQ(driver.http.get(target_of(url.text("/data/url"))).status, 200);

    Person stranger = sign_up(server);
    EXPECT_EQ(status_of_url(stranger, file), 404);
    Person other_passenger = sign_up(server);
    booked(other_passenger, trip);
    EXPECT_EQ(status_of_url(other_passenger, file), 404) << "on the same trip, in another talk";
    Person clerk = staff(server, "ops");
    EXPECT_EQ(status_of_url(clerk, file), 404);

    const Response stolen =
        driver.http.post(messages(), json::object{{"type", "image"}, {"content", file}});
    EXPECT_EQ(stolen.status, 422) << "a file of another person";
}

// Over 10 sends in 10 s: refused, the third time closed.
TEST_F(Chat, TooManySendsEndTheSocket_S1_154) {
    auto socket = server.socket("/ws/bookings/" + booking, passenger.bearer());
    ASSERT_TRUE(socket.receive("ready", patience));
    const auto send = [&](int number) {
        socket.send({{"type", "send"},
                     {"data",
                      {{"client_id", "c-" + std::to_string(number)},
                       {"type", "text"},
                       {"content", "bonjour"}}}});
    };
    for (int i = 1; i <= 12; ++i) send(i);
    for (int i = 1; i <= 10; ++i) ASSERT_TRUE(socket.receive("ack", patience));
    const auto refused = socket.receive("error", patience);
    ASSERT_TRUE(refused);
    EXPECT_EQ(refused->at("data").at("code"), "rate_limited");
    EXPECT_EQ(refused->at("data").at("client_id"), "c-11");
    send(13);
    EXPECT_EQ(socket.wait_for_close(patience), 4429);
    int stored = 0;
    for (const json::value& message : passenger.http.get(messages()).items())
        stored += is_text(message.at("type"), "text") ? 1 : 0;
    EXPECT_EQ(stored, 10);
}

TEST_F(Chat, AMovedDepartureIsShown_S1_101) {
    const auto in = [&](std::chrono::minutes after) {
        return to_string(std::chrono::floor<std::chrono::seconds>(server_now(server)) + after);
    };
    const std::string tomorrow = publish(server, driver, {{"departure_time", in(24h)}});
    const std::string seat = booked(passenger, tomorrow);
    auto socket = server.socket("/ws/bookings/" + seat, passenger.bearer());
    ASSERT_TRUE(socket.receive("ready", patience));
    const std::string later = in(24h + 10min);
    const Response moved =
        driver.http.patch("/api/v1/trips/" + tomorrow, json::object{{"departure_time", later}});
    ASSERT_EQ(moved.status, 200) << moved.brief();
    // News of the booking itself may come first.
    std::string pickup_at;
    while (pickup_at != later) {
        const auto shown = socket.receive("booking", patience);
        ASSERT_TRUE(shown);
        pickup_at = shown->at("data").at("pickup_at").as_string();
    }
}

}  // namespace
}  // namespace taama::test
