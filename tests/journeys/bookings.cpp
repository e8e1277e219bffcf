// Guards, cancellation, tickets and no-show of bookings (carpool contract, 4.6, 4.7, 5.6 and 7).

#include <gtest/gtest.h>

#include "tests/journeys/deals.hpp"

namespace taama::test {
namespace {

using namespace std::chrono_literals;
namespace json = boost::json;

std::string path_of(const std::string& booking, std::string_view rest = {}) {
    return "/api/v1/bookings/" + booking + std::string{rest};
}
std::string in(const ServerProcess& server, std::chrono::seconds after) {
    return to_string(std::chrono::floor<std::chrono::seconds>(server_now(server)) + after);
}

TEST(Bookings, Guards_S1_050_S1_084_S1_213) {
    auto& server = shared_server();
    Person driver = make_driver(server);
    Person passenger = sign_up(server);
    const std::string trip = publish(server, driver);

    EXPECT_EQ(passenger.http.post("/api/v1/bookings", json::object{{"trip_id", trip}, {"seats", 1}})
                  .code(),
              "bad_request")
        << "without a key";
    EXPECT_EQ(book(driver, trip).text("/error/details/reason"), "own_trip");
    EXPECT_EQ(book(passenger, "00000000-0000-4000-8000-000000000000").status, 404);
    for (const json::value& seats : {json::value(0), json::value(9), json::value(-1),
                                     json::value(1.5), json::value("2"), json::value(nullptr)}) {
        const Response refused = passenger.http.post(
            "/api/v1/bookings", json::object{{"trip_id", trip}, {"seats", seats}}, key());
        EXPECT_TRUE(refused.has("/error/details/fields/seats")) << refused.brief();
    }
    const Response too_many = book(passenger, trip, 4);
    EXPECT_EQ(too_many.code(), "booking_conflict");
    EXPECT_EQ(too_many.integer("/error/details/available"), 3);
    EXPECT_EQ(too_many.integer("/error/details/requested"), 4);
    EXPECT_EQ(book(passenger, trip, 1, {{"expected_price_per_seat", 5000}}).code(),
              "price_changed");
    const Response promo = book(passenger, trip, 1, {{"promo_code", "KDO2026"}});
    EXPECT_EQ(promo.code(), "promo_invalid");
    EXPECT_EQ(promo.text("/error/details/reason"), "unknown");

    const std::string first = booked(passenger, trip);
    const Response again = book(passenger, trip);
    EXPECT_EQ(again.code(), "already_exists");
    EXPECT_EQ(again.text("/error/details/booking_id"), first);

    Person other_driver = make_driver(server);
    const std::string same_time = publish(server, other_driver);
    EXPECT_EQ(book(passenger, same_time).text("/error/details/reason"), "passenger_busy");
    Person no_phone{.http = server.client()};
    const std::string email = unique_email();
    ASSERT_EQ(no_phone.http.post("/api/v1/auth/register", json::object{{"email", email}}).status,
              202);
    no_phone.take(
        no_phone.http.post("/api/v1/auth/email/verify",
                           json::object{{"email", email}, {"code", code_sent_to(server, email)}}));
    EXPECT_EQ(book(no_phone, trip).code(), "kyc_required");
}

TEST(Bookings, RejectedOnceIsForThatTrip_S1_088) {
    auto& server = shared_server();
    Person driver = make_driver(server);
    Person passenger = sign_up(server);
    const std::string trip = publish(server, driver, {{"allow_auto_accept", false}});
    const std::string booking = booked(passenger, trip);
    const Response rejected =
        driver.http.post(path_of(booking, "/reject"), json::object{{"reason", "luggage"}});
    ASSERT_EQ(rejected.status, 200) << rejected.brief();
    EXPECT_EQ(rejected.text("/data/cancel_reason"), "driver_rejected");
    EXPECT_EQ(book(passenger, trip).text("/error/details/reason"), "rejected_before");
    EXPECT_EQ(driver.http.post(path_of(booking, "/accept")).code(), "invalid_state");
}

TEST(Bookings, FiveUnpaidAreEnough_S1_217) {
    auto& server = shared_server();
    Person passenger = sign_up(server);
    std::vector<std::string> trips;
    for (int day = 1; day <= 6; ++day) {
        Person driver = make_driver(server);
        trips.push_back(publish(server, driver, {{"departure_time", in(server, 24h * day)}}));
    }
    for (int i = 0; i < 5; ++i) booked(passenger, trips[static_cast<std::size_t>(i)]);
    const Response sixth = book(passenger, trips[5]);
    EXPECT_EQ(sixth.code(), "limit_exceeded") << sixth.brief();
    EXPECT_EQ(sixth.integer("/error/details/limit"), 5);
    EXPECT_TRUE(sixth.has("/error/details/retry_at"));
}

TEST(Bookings, FreeOfCharge) {
    auto& server = shared_server();
    Person driver = make_driver(server);
    Person passenger = sign_up(server);
    const std::string trip = publish(server, driver, {{"price_per_seat", 0}});
    const Response made = book(passenger, trip);
    ASSERT_EQ(made.status, 201) << made.brief();
    EXPECT_EQ(made.text("/data/status"), "paid") << "nothing is owed";
    EXPECT_EQ(passenger.http.get(path_of(made.text("/data/id"), "/ticket")).status, 200);
}

TEST(Cancellation, ByThePassengerGivesAllBack_S1_089_S1_146) {
    auto& server = shared_server();
    Person driver = make_driver(server);
    Person passenger = sign_up(server);
    const std::string trip = publish(server, driver, {{"departure_time", in(server, 72h)}});
    const std::string booking = paid_booking(server, passenger, trip, 2);
    const Response preview = passenger.http.get(path_of(booking, "/cancellation-preview"));
    ASSERT_EQ(preview.status, 200) << preview.brief();
    EXPECT_EQ(preview.integer("/data/fee"), 0);
    EXPECT_EQ(preview.integer("/data/refund_amount"), 12'000);

    const Response cancelled =
        passenger.http.post(path_of(booking, "/cancel"), json::object{{"reason", "plans_changed"}});
    ASSERT_EQ(cancelled.status, 200) << cancelled.brief();
    EXPECT_EQ(cancelled.text("/data/status"), "cancelled");
    EXPECT_EQ(cancelled.text("/data/cancelled_by"), "passenger");
    EXPECT_EQ(
        passenger.http.post(path_of(booking, "/cancel"), json::object{{"reason", "plans_changed"}})
            .status,
        200)
        << "the same again";
    wait_for_payment(passenger, cancelled.text("/data/payment_id"), "refunded");
    EXPECT_EQ(passenger.http.get(path_of(booking)).integer("/data/refunded_amount"), 12'000);
    EXPECT_EQ(passenger.http.get("/api/v1/trips/" + trip).integer("/data/seats_available"), 3);
    EXPECT_EQ(ledger_balance(server, "escrow", booking), 0);
    expect_seats_add_up(server, trip);
    server.expect_ledger_holds();
}

TEST(Cancellation, OfATripRefundsEverybody_S1_080_S1_147) {
    auto& server = shared_server();
    Person driver = make_driver(server);
    Person paid = sign_up(server);
    Person waiting = sign_up(server);
    const std::string trip = publish(server, driver, {{"departure_time", in(server, 72h)}});
    const std::string first = paid_booking(server, paid, trip);
    const std::string second = booked(waiting, trip);
    EXPECT_EQ(driver.http.del("/api/v1/trips/" + trip).text("/error/details/reason"),
              "has_paid_bookings");
    const Response cancelled = driver.http.post("/api/v1/trips/" + trip + "/cancel",
                                                json::object{{"reason", "vehicle_breakdown"}});
    ASSERT_EQ(cancelled.status, 200) << cancelled.brief();
    EXPECT_EQ(cancelled.text("/data/status"), "cancelled");
    for (Person* person : {&paid, &waiting}) {
        const std::string& id = person == &paid ? first : second;
        EXPECT_EQ(person->http.get(path_of(id)).text("/data/cancel_reason"), "trip_cancelled");
    }
    wait_for_payment(paid, paid.http.get(path_of(first)).text("/data/payment_id"), "refunded");
    EXPECT_EQ(ledger_balance(server, "escrow", first), 0);
    EXPECT_EQ(book(waiting, trip).status, 409);
}

TEST(Cancellation, ByTheDriver) {
    auto& server = shared_server();
    Person driver = make_driver(server);
    Person passenger = sign_up(server);
    const std::string booking = paid_booking(server, passenger, publish(server, driver));
    const Response cancelled =
        driver.http.post(path_of(booking, "/cancel"), json::object{{"reason", "other"}});
    ASSERT_EQ(cancelled.status, 200) << cancelled.brief();
    EXPECT_EQ(cancelled.text("/data/cancelled_by"), "driver");
    wait_for_payment(passenger, passenger.http.get(path_of(booking)).text("/data/payment_id"),
                     "refunded");
    EXPECT_EQ(init_payment(passenger, booking).code(), "invalid_state");
}

TEST(Tickets, Refusals_S1_090_4_7) {
    auto& server = shared_server();
    Person driver = make_driver(server);
    Person passenger = sign_up(server);
    Person stranger = sign_up(server);
    const std::string trip = publish(server, driver, {{"departure_time", in(server, 20min)}});
    const std::string booking = paid_booking(server, passenger, trip);
    const std::string ticket =
        passenger.http.get(path_of(booking, "/ticket")).text("/data/qr_code");
    const auto check_in = [&](json::object body) {
        return driver.http.post(path_of(booking, "/checkin"), body);
    };
    const auto reason = [&](const std::string& text) {
        const Response refused = check_in({{"ticket", text}});
        EXPECT_EQ(refused.code(), "ticket_invalid") << refused.brief();
        return refused.text("/error/details/reason");
    };
    EXPECT_EQ(reason("TK1.nonsense"), "format");
    EXPECT_EQ(reason("TK2" + ticket.substr(3)), "format");
    std::string flipped = ticket;
    flipped[60] = flipped[60] == 'A' ? 'B' : 'A';
    EXPECT_EQ(reason(flipped), "signature");
    EXPECT_EQ(check_in({{"code", "000000"}}).code(), "code_invalid");

    Person other_driver = make_driver(server);
    Person other = sign_up(server);
    const std::string other_trip =
        publish(server, other_driver, {{"departure_time", in(server, 20min)}});
    const std::string foreign =
        other.http.get(path_of(paid_booking(server, other, other_trip), "/ticket"))
            .text("/data/qr_code");
    EXPECT_EQ(reason(foreign), "wrong_trip");
    EXPECT_EQ(
        stranger.http.post(path_of(booking, "/checkin"), json::object{{"ticket", ticket}}).status,
        404);

    const Response early = check_in({{"ticket", ticket}, {"occurred_at", in(server, -48h)}});
    EXPECT_EQ(early.code(), "validation_error") << early.brief();
    EXPECT_EQ(check_in({{"ticket", ticket}, {"occurred_at", in(server, 1h)}}).code(),
              "validation_error");
    EXPECT_EQ(driver.http.post(path_of(booking, "/end-ride"), json::object{}).code(),
              "invalid_state");

    const auto answers = at_once(2, [&](int) {
        auto phone = server.client();
        phone.bearer(driver.access_token);
        return phone.post(path_of(booking, "/checkin"), json::object{{"ticket", ticket}});
    });
    EXPECT_EQ(count_status(answers, 200), 1) << "two phones, one check-in";
    EXPECT_EQ(count_status(answers, 409), 1);
    auto nobody = server.client();
    const Response keys = nobody.get("/api/v1/tickets/keys");
    EXPECT_EQ(keys.text("/data/0/algorithm"), "Ed25519");
    EXPECT_TRUE(keys.header("Cache-Control").contains("max-age=3600"));
    EXPECT_EQ(nobody.get("/api/v1/tickets/keys", {{"If-None-Match", keys.header("ETag")}}).status,
              304);
}

TEST(Tickets, CheckInOpensAnHourBefore) {
    auto& server = shared_server();
    Person driver = make_driver(server);
    Person passenger = sign_up(server);
    const std::string trip = publish(server, driver, {{"departure_time", in(server, 5h)}});
    const std::string booking = paid_booking(server, passenger, trip);
    const Response ticket = passenger.http.get(path_of(booking, "/ticket"));
    const Response early = driver.http.post(path_of(booking, "/checkin"),
                                            json::object{{"code", ticket.text("/data/code")}});
    EXPECT_EQ(early.code(), "invalid_state");
    EXPECT_EQ(early.text("/error/details/reason"), "too_early");
    for (const char* format : {"png", "svg"}) {
        const Response image = passenger.http.get(path_of(booking, "/ticket?format=") + format);
        EXPECT_EQ(image.status, 200);
        EXPECT_TRUE(image.header("Content-Type").starts_with("image/")) << format;
    }
}

TEST(NoShow, AfterTheWait_S1_145_5_6) {
    ServerProcess server;
    Person driver = make_driver(server);
    Person passenger = sign_up(server);
    const std::string trip = publish(server, driver, {{"departure_time", in(server, 20min)}});
    const std::string booking = paid_booking(server, passenger, trip, 2);
    EXPECT_EQ(driver.http.post(path_of(booking, "/no-show"), json::object{})
                  .text("/error/details/reason"),
              "too_early");
    advance_clock(server, 31min);
    driver.renew();
    passenger.renew();
    const Response marked = driver.http.post(path_of(booking, "/no-show"), json::object{});
    ASSERT_EQ(marked.status, 200) << marked.brief();
    EXPECT_EQ(marked.text("/data/status"), "cancelled");
    EXPECT_EQ(marked.text("/data/stage"), "no_show");
    server.expect_ledger_holds();
}

TEST(Holds, LapseAndAreTakenAgain_5_10) {
    ServerProcess server;
    Person driver = make_driver(server);
    Person passenger = sign_up(server);
    const std::string trip = publish(server, driver, {{"departure_time", in(server, 5h)}});
    const std::string booking = booked(passenger, trip, 3);
    EXPECT_EQ(passenger.http.get("/api/v1/trips/" + trip).integer("/data/seats_available"), 0);
    advance_clock(server, 31min);
    driver.renew();
    passenger.renew();
    EXPECT_EQ(passenger.http.get("/api/v1/trips/" + trip).integer("/data/seats_available"), 3)
        << "lapsed holds count free at once, whatever the job does";
    EXPECT_EQ(passenger.http.get(path_of(booking)).text("/data/stage"), "hold_lapsed");
    const Response started = init_payment(passenger, booking);
    ASSERT_EQ(started.status, 200) << started.brief();
    EXPECT_EQ(passenger.http.get("/api/v1/trips/" + trip).integer("/data/seats_available"), 0);
    advance_clock(server, 30min);
    passenger.renew();
    EXPECT_EQ(init_payment(passenger, booking).text("/error/details/reason"), "hold_exhausted");
    expect_seats_add_up(server, trip);
}

TEST(Messages, Rules_S1_100_S1_101_S1_102) {
    auto& server = shared_server();
    Person driver = make_driver(server);
    Person passenger = sign_up(server);
    const std::string booking = booked(passenger, publish(server, driver));
    const std::string path = path_of(booking, "/messages");
    const auto said = [&](json::object body) { return passenger.http.post(path, body).status; };
    EXPECT_EQ(said({{"content", ""}}), 422);
    EXPECT_EQ(said({{"content", "   "}}), 422);
    EXPECT_EQ(said({{"content", std::string(2001, 'a')}}), 422);
    EXPECT_EQ(said({{"content", std::string(2000, 'a')}}), 201);
    EXPECT_EQ(said({{"content", upload_id(driver, "message_image")}, {"type", "image"}}), 422)
        << "the file of another person";
    const Response image = passenger.http.post(
        path, json::object{{"content", upload_id(passenger, "message_image")}, {"type", "image"}});
    ASSERT_EQ(image.status, 201) << image.brief();
    EXPECT_EQ(driver.http.get(target_of(driver.http.get(path).text("/data/0/image_url"))).status,
              200);

    EXPECT_GE(driver.http.get(path_of(booking)).integer("/data/unread_count"), 2);
    const Response read =
        driver.http.post(path + "/read", json::object{{"up_to", image.text("/data/id")}});
    EXPECT_EQ(read.integer("/data/last_read_seq"), image.integer("/data/seq"));
    EXPECT_EQ(driver.http.get(path_of(booking)).integer("/data/unread_count"), 0);
    const Response later = passenger.http.post(path, json::object{{"content", "Encore là ?"}});
    const Response caught_up = driver.http.get(path + "?after=" + image.text("/data/id"));
    ASSERT_EQ(caught_up.items().size(), 1U);
    EXPECT_EQ(caught_up.text("/data/0/id"), later.text("/data/id"));
}

}  // namespace
}  // namespace taama::test
