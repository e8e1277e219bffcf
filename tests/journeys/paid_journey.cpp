// The first journey whole: a driver publishes Abidjan – Yamoussoukro, a passenger finds it, books,
// pays by Wave, chats, is checked in and driven, and the books balance.

#include <gtest/gtest.h>

#include "tests/journeys/deals.hpp"

namespace taama::test {
namespace {

using namespace std::chrono_literals;
namespace json = boost::json;

constexpr auto patience = 5s;

std::string bookings(const std::string& id, std::string_view rest = {}) {
    return "/api/v1/bookings/" + id + std::string{rest};
}

class PaidJourney : public testing::Test {
protected:
    ServerProcess& server = shared_server();
    Person driver = make_driver(server);
    Person passenger = sign_up(server);

    std::string search_target() const {
        return "/api/v1/trips/search?from=5.3575,-4.0083&to=6.8190,-5.2760&seats%3E=2";
    }

    void find_trip(const std::string& trip) {
        const Response found = passenger.http.get(search_target() + "&page_size=100");
        ASSERT_EQ(found.status, 200);
        for (const auto& hit : found.items())
            if (is_text(hit.at("trip_id"), trip)) {
                EXPECT_EQ(hit.at("match").at("price_per_seat"), 6000);
                EXPECT_EQ(hit.at("seats_available"), 3);
                EXPECT_TRUE(hit.at("vehicle").at("plate_number").is_null()) << "before payment";
                return;
            }
        FAIL() << "not found: " << trip << " in " << found.brief();
    }

    // Before payment numbers are hidden from the other side; the same message shows them after.
    void chat_before_payment(const std::string& booking) {
        const Response sent =
            passenger.http.post(bookings(booking, "/messages"),
                                json::object{{"content", "Appelez le 07 00 00 00 01, 6000 FCFA"},
                                             {"client_id", "m-1"}});
        ASSERT_EQ(sent.status, 201);
        EXPECT_EQ(sent.text("/data/from_role"), "passenger");
        const Response again =
            passenger.http.post(bookings(booking, "/messages"),
                                json::object{{"content", "Appelez le 07 00 00 00 01, 6000 FCFA"},
                                             {"client_id", "m-1"}});
        EXPECT_EQ(again.status, 200) << "the same client_id is the same message";
        EXPECT_EQ(again.text("/data/id"), sent.text("/data/id"));
        EXPECT_EQ(content_of(driver, booking, sent.text("/data/id")),
                  "Appelez le ••••••••, 6000 FCFA");
    }

    std::string content_of(Person& reader, const std::string& booking, const std::string& message) {
        const Response messages = reader.http.get(bookings(booking, "/messages"));
        for (const auto& item : messages.items())
            if (is_text(item.at("id"), message)) return std::string{item.at("content").as_string()};
        return "absent";
    }

    void chat_over_sockets(const std::string& booking) {
        auto mine = server.socket("/ws/bookings/" + booking, passenger.bearer());
        auto theirs = server.socket("/ws/bookings/" + booking + "?token=" + driver.access_token);
        ASSERT_TRUE(mine.receive("ready", patience));
        ASSERT_TRUE(theirs.receive("ready", patience));

        theirs.send({{"type", "send"},
                     {"data", {{"client_id", "d-1"}, {"type", "text"}, {"content", "J'arrive"}}}});
        const auto ack = theirs.receive("ack", patience);
        ASSERT_TRUE(ack);
        EXPECT_EQ(ack->at("data").at("client_id"), "d-1");
        const auto heard = mine.receive("message", patience);
        ASSERT_TRUE(heard);
        EXPECT_EQ(heard->at("data").at("content"), "J'arrive");
        EXPECT_EQ(heard->at("data").at("from_role"), "driver");
        const std::string id{heard->at("data").at("id").as_string()};

        mine.send({{"type", "read"}, {"data", {{"up_to", id}}}});
        EXPECT_TRUE(theirs.receive("read", patience));
        mine.send({{"type", "typing"}});
        EXPECT_TRUE(theirs.receive("typing", patience));
        mine.close();

        // What was missed comes with `since`.
        const Response missed = driver.http.post(bookings(booking, "/messages"),
                                                 json::object{{"content", "Je suis là"}});
        ASSERT_EQ(missed.status, 201);
        auto back = server.socket("/ws/bookings/" + booking + "?since=" + id, passenger.bearer());
        const auto replayed = back.receive("message", patience);
        ASSERT_TRUE(replayed);
        EXPECT_EQ(replayed->at("data").at("content"), "Je suis là");
    }

    void follow_driver(const std::string& trip) {
        auto watcher = server.socket("/ws/trips/" + trip + "/driver-location", passenger.bearer());
        auto publisher = server.socket("/ws/trips/" + trip + "/driver-location", driver.bearer());
        publisher.send({{"type", "positions"},
                        {"data",
                         {{"device_id", "tecno-spark-0001"},
                          {"points",
                           {{{"seq", 1},
                             {"at", to_string(server_now(server))},
                             {"lat", 5.36},
                             {"lon", -4.01},
                             {"accuracy_m", 8}}}}}}});
        const auto ack = publisher.receive("ack", patience);
        ASSERT_TRUE(ack);
        EXPECT_EQ(ack->at("data").at("accepted"), 1);
        const auto position = watcher.receive("position", patience);
        ASSERT_TRUE(position);
        EXPECT_DOUBLE_EQ(position->at("data").at("lat").to_number<double>(), 5.36);
    }

    // From the paid booking to the end of the ride; the money that must then stand on the accounts.
    void ride(const std::string& trip, const std::string& booking) {
        const Response ticket = passenger.http.get(bookings(booking, "/ticket"));
        ASSERT_EQ(ticket.status, 200);
        EXPECT_EQ(ticket.text("/data/qr_code").size(), 4 + 152U);
        EXPECT_TRUE(ticket.text("/data/qr_code").starts_with("TK1."));
        EXPECT_EQ(driver.http.post(bookings(booking, "/start-ride")).code(), "invalid_state")
            << "not checked in";

        const Response checked_in = driver.http.post(
            bookings(booking, "/checkin"), json::object{{"ticket", ticket.text("/data/qr_code")}});
        ASSERT_EQ(checked_in.status, 200) << checked_in.brief();
        EXPECT_EQ(checked_in.text("/data/stage"), "checked_in");
        const Response twice = driver.http.post(
            bookings(booking, "/checkin"), json::object{{"ticket", ticket.text("/data/qr_code")}});
        EXPECT_EQ(twice.status, 409);
        EXPECT_EQ(twice.text("/error/details/reason"), "already_checked_in");

        const Response started = driver.http.post(bookings(booking, "/start-ride"), json::object{});
        ASSERT_EQ(started.status, 200) << started.brief();
        EXPECT_EQ(started.text("/data/stage"), "on_board");
        EXPECT_EQ(driver.http.get("/api/v1/trips/" + trip).text("/data/status"), "ongoing");

        const Response ended = driver.http.post(bookings(booking, "/end-ride"), json::object{});
        ASSERT_EQ(ended.status, 200) << ended.brief();
        EXPECT_EQ(ended.text("/data/status"), "completed");
        EXPECT_EQ(driver.http.post(bookings(booking, "/end-ride"), json::object{}).status, 200)
            << "the same again";
        EXPECT_EQ(driver.http.get("/api/v1/trips/" + trip).text("/data/status"), "completed");
    }
};

TEST_F(PaidJourney, AutoAccept_S1_075_S1_083_S1_084_S1_090_S1_091_S1_092_S1_139) {
    const std::string trip = publish(
        server, driver,
        {{"departure_time",
          to_string(std::chrono::floor<std::chrono::seconds>(server_now(server)) + 20min)}});
    find_trip(trip);

    const Response made = book(passenger, trip, 2, {{"expected_price_per_seat", 6000}});
    ASSERT_EQ(made.status, 201) << made.brief();
    const std::string booking = made.text("/data/id");
    EXPECT_EQ(made.header("Location"), bookings(booking));
    EXPECT_EQ(made.text("/data/status"), "accepted");
    EXPECT_EQ(made.text("/data/stage"), "awaiting_payment");
    EXPECT_EQ(made.integer("/data/amount_total"), 12'000);
    EXPECT_TRUE(made.is_null("/data/qr_code"));
    EXPECT_EQ(driver.http.get("/api/v1/trips/" + trip).integer("/data/seats_available"), 1);
    expect_seats_add_up(server, trip);
    chat_before_payment(booking);

    const auto commission_before = ledger_balance(server, "commission");
    const Response started = init_payment(passenger, booking);
    ASSERT_EQ(started.status, 200) << started.brief();
    EXPECT_EQ(started.integer("/data/payment/amount"), 12'000);
    EXPECT_EQ(started.text("/data/provider/kind"), "redirect");
    EXPECT_EQ(passenger.http.get(target_of(started.text("/data/provider/redirect_url"))).status,
              200)
        << "the payer's page";
    pay_at_wave(server, session_of(started));
    const Response paid = wait_for_booking(passenger, booking, "paid");
    EXPECT_FALSE(paid.is_null("/data/qr_code"));
    EXPECT_FALSE(paid.is_null("/data/vehicle/plate_number"));
    EXPECT_TRUE(driver.http.get(bookings(booking)).is_null("/data/qr_code")) << "passenger only";
    EXPECT_EQ(ledger_balance(server, "escrow", booking), 12'000);

    chat_over_sockets(booking);
    follow_driver(trip);
    ride(trip, booking);

    EXPECT_EQ(ledger_balance(server, "escrow", booking), 0);
    EXPECT_EQ(ledger_balance(server, "earnings", driver.id), 10'800);
    EXPECT_EQ(ledger_balance(server, "commission") - commission_before, 1'200);
    EXPECT_EQ(
        wait_for_payment(passenger, paid.text("/data/payment_id"), "paid").integer("/data/amount"),
        12'000);
    server.expect_ledger_holds();
}

TEST_F(PaidJourney, DriverAccepts_S1_087_S1_052_S1_085_S1_086) {
    const std::string trip = publish(
        server, driver,
        {{"allow_auto_accept", false},
         {"departure_time",
          to_string(std::chrono::floor<std::chrono::seconds>(server_now(server)) + 25min)}});
    const Response made = book(passenger, trip, 2);
    ASSERT_EQ(made.status, 201) << made.brief();
    const std::string booking = made.text("/data/id");
    EXPECT_EQ(made.text("/data/status"), "pending");
    EXPECT_EQ(driver.http.get("/api/v1/trips/" + trip).integer("/data/seats_available"), 3)
        << "a request holds no seat";
    EXPECT_EQ(init_payment(passenger, booking).status, 409) << "not accepted yet";

    auto socket = server.socket("/ws/bookings/" + booking, passenger.bearer());
    ASSERT_TRUE(socket.receive("ready", patience));
    const Response accepted = driver.http.post(bookings(booking, "/accept"));
    ASSERT_EQ(accepted.status, 200) << accepted.brief();
    EXPECT_EQ(accepted.text("/data/status"), "accepted");
    EXPECT_EQ(driver.http.post(bookings(booking, "/accept")).status, 200) << "the same again";
    // That it was made may still come before.
    std::string told_status;
    while (told_status != "accepted") {
        const auto told = socket.receive("booking", patience);
        ASSERT_TRUE(told);
        told_status = told->at("data").at("status").as_string();
    }
    EXPECT_EQ(driver.http.get("/api/v1/trips/" + trip).integer("/data/seats_available"), 1);

    pay_at_wave(server, session_of(init_payment(passenger, booking)));
    wait_for_booking(passenger, booking, "paid");
    const Response code = passenger.http.get(bookings(booking, "/ticket"));
    const Response checked_in = driver.http.post("/api/v1/trips/" + trip + "/checkin",
                                                 json::object{{"code", code.text("/data/code")}});
    ASSERT_EQ(checked_in.status, 200) << checked_in.brief();
    ASSERT_EQ(driver.http.post(bookings(booking, "/start-ride"), json::object{}).status, 200);
    ASSERT_EQ(driver.http.post("/api/v1/trips/" + trip + "/end", json::object{}).status, 200);
    EXPECT_EQ(passenger.http.get(bookings(booking)).text("/data/status"), "completed");

    const Response listed = passenger.http.get("/api/v1/bookings?status=completed");
    EXPECT_EQ(listed.items().size(), 1U);
    EXPECT_EQ(passenger.http.get("/api/v1/bookings?role=driver").items().size(), 0U);
    EXPECT_EQ(driver.http.get("/api/v1/bookings?role=driver&trip_id=" + trip).items().size(), 1U);
    const Response events = driver.http.get(bookings(booking, "/events"));
    EXPECT_GE(events.items().size(), 6U);
    EXPECT_EQ(ledger_balance(server, "earnings", driver.id), 10'800);
    server.expect_ledger_holds();
}

TEST_F(PaidJourney, StrangersSeeNothing_S1_085_S1_154) {
    const std::string trip = publish(server, driver);
    const std::string booking = booked(passenger, trip);
    Person stranger = sign_up(server);
    for (const char* rest : {"", "/events", "/messages", "/ticket", "/cancellation-preview"})
        EXPECT_EQ(stranger.http.get(bookings(booking, rest)).status, 404) << rest;
    for (const char* rest :
         {"/accept", "/reject", "/checkin", "/start-ride", "/end-ride", "/no-show"})
        EXPECT_EQ(
            stranger.http.post(bookings(booking, rest), json::object{{"code", "000000"}}).status /
                100,
            4)
            << rest;
    auto socket = server.socket("/ws/bookings/" + booking, stranger.bearer());
    EXPECT_EQ(socket.wait_for_close(patience), 4404);
    auto nobody = server.socket("/ws/bookings/" + booking);
    EXPECT_EQ(nobody.wait_for_close(patience), 4401);
}

}  // namespace
}  // namespace taama::test
