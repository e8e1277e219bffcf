// Payments by Wave: webhooks in every bad form, polling, expiry, late money (money
// contract, 4.5, 4.6 and 10).

#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <thread>

#include "tests/journeys/deals.hpp"

namespace taama::test {
namespace {

using namespace std::chrono_literals;
namespace json = boost::json;

std::int64_t unix_now(const ServerProcess& server) {
    return std::chrono::floor<std::chrono::seconds>(server_now(server)).time_since_epoch().count();
}
std::string in(const ServerProcess& server, std::chrono::seconds after) {
    return to_string(std::chrono::floor<std::chrono::seconds>(server_now(server)) + after);
}

// An accepted booking whose payment was started.
struct Started {
    std::string booking;
    std::string payment;
    std::string session;
    std::int64_t amount;

    WaveEvent event(std::string id) const {
        return {
            .event_id = std::move(id), .session = session, .payment_id = payment, .amount = amount};
    }
};
Started start(Person& passenger, const std::string& trip, int seats = 1) {
    Started started{.booking = booked(passenger, trip, seats), .payment{}, .session{}, .amount = 0};
    const Response payment = init_payment(passenger, started.booking);
    if (payment.status != 200) throw std::runtime_error(payment.brief());
    started.payment = payment.text("/data/payment/id");
    started.session = session_of(payment);
    started.amount = payment.integer("/data/payment/amount");
    return started;
}

class Webhooks : public testing::Test {
protected:
    ServerProcess& server = shared_server();
    HttpClient http = server.client();
    Person driver = make_driver(server);
    Person passenger = sign_up(server);
    std::string trip = publish(server, driver);
};

TEST_F(Webhooks, ManyShuffledWithForgedAndStaleOneEffect_S1_057_S1_137_S1_138_S1_221) {
    const Started deal = start(passenger, trip);
    const std::string body = wave_body(deal.event("EV_" + deal.session));
    const auto now = unix_now(server);
    const std::string good = wave_signature(ServerProcess::webhook_secret, now, body);
    struct Delivery {
        std::string signature;
        int status;
    };
    std::vector<Delivery> deliveries(20, {good, 200});
    deliveries.push_back({wave_signature("wave_ci_WHS_another", now, body), 401});
    deliveries.push_back({wave_signature(ServerProcess::webhook_secret, now - 301, body), 401});
    deliveries.push_back({"", 401});
    std::shuffle(deliveries.begin(), deliveries.end(), std::mt19937{7});
    const auto answers = at_once(static_cast<int>(deliveries.size()), [&](int i) {
        auto own = server.client();
        return send_webhook(own, body, deliveries[static_cast<std::size_t>(i)].signature);
    });
    for (std::size_t i = 0; i < answers.size(); ++i) {
        EXPECT_EQ(answers[i].status, deliveries[i].status) << answers[i].brief();
        if (answers[i].status == 401) EXPECT_EQ(answers[i].code(), "webhook_invalid_signature");
    }
    wait_for_booking(passenger, deal.booking, "paid");
    EXPECT_EQ(ledger_balance(server, "escrow", deal.booking), deal.amount);
    EXPECT_EQ(server.sql().number("select count(*) from ledger.act where kind = 'capture'"
                                  " and subject_id = $1",
                                  {deal.booking}),
              1);
    server.expect_ledger_holds();
}

TEST_F(Webhooks, SignatureForms_H2_H3) {
    const Started deal = start(passenger, trip);
    const std::string body = wave_body(deal.event("EV_sig" + deal.session));
    const auto now = unix_now(server);
    const std::string v1 = wave_signature(ServerProcess::webhook_secret, now, body);
    const std::string digest = v1.substr(v1.find("v1="));
    const std::string dotted =
        wave_signature(ServerProcess::webhook_secret, now, "." + body).substr(v1.find("v1="));
    const std::string bad[] = {
        "t=" + std::to_string(now),
        digest,
        "t=," + digest,
        "t=abc," + digest,
        "t=" + std::to_string(now) + "," + dotted,
        "t=" + std::to_string(now) + ",v1=",
        "t=" + std::to_string(now) + ",v1=zz",
        std::string(5000, 't'),
        "t=99999999999999999999," + digest,
    };
    for (const std::string& signature : bad)
        EXPECT_EQ(send_webhook(http, body, signature).code(), "webhook_invalid_signature")
            << signature.substr(0, 80);
    EXPECT_EQ(passenger.http.get("/api/v1/payments/" + deal.payment).text("/data/status"), "init");
    // While a secret rotates the header holds both.
    EXPECT_EQ(
        send_webhook(http, body,
                     "t=" + std::to_string(now) + ",v1=" + std::string(64, '0') + "," + digest)
            .status,
        200);
    wait_for_booking(passenger, deal.booking, "paid");
}

TEST_F(Webhooks, BadBodies_H1_H7) {
    const auto signed_body = [&](const std::string& body) {
        return send_webhook(http, body,
                            wave_signature(ServerProcess::webhook_secret, unix_now(server), body))
            .status;
    };
    EXPECT_EQ(signed_body("{"), 400);
    EXPECT_EQ(signed_body(R"({"id":"E1","id":"E2","type":"x","data":{}})"), 400) << "a key twice";
    EXPECT_EQ(signed_body(std::string(64 * 1024 + 1, ' ')), 413);
    EXPECT_EQ(signed_body(R"({"id":"EV_t","type":"test.test_event","data":{}})"), 200);
    EXPECT_EQ(signed_body(wave_body({.event_id = "EV_unknown",
                                     .session = "cos-unknown",
                                     .payment_id = "00000000-0000-4000-8000-000000000000",
                                     .amount = 6000})),
              200)
        << "nothing is told to the caller";
    EXPECT_EQ(http.post("/api/v1/payments/webhook/nobody", json::object{}).status, 404);
}

TEST_F(Webhooks, AmountAndCurrencyMustBeOurs_H8) {
    Started deal = start(passenger, trip);
    WaveEvent event = deal.event("EV_amount" + deal.session);
    event.amount -= 1;
    EXPECT_EQ(send_webhook(server, http, event).status, 200);
    const Response failed = wait_for_payment(passenger, deal.payment, "failed");
    EXPECT_EQ(failed.text("/data/failure/code"), "amount_mismatch");
    EXPECT_TRUE(failed.flag("/data/under_review"));
    EXPECT_NE(passenger.http.get("/api/v1/bookings/" + deal.booking).text("/data/status"), "paid");
    server.expect_ledger_holds();
}

TEST_F(Webhooks, OrderDoesNotMatter_H9) {
    const Started deal = start(passenger, trip);
    WaveEvent attempt = deal.event("EV_attempt" + deal.session);
    attempt.type = "checkout.session.payment_failed";
    EXPECT_EQ(send_webhook(server, http, attempt).status, 200);
    EXPECT_EQ(passenger.http.get("/api/v1/payments/" + deal.payment).text("/data/status"), "init")
        << "a failed attempt is no failed payment";
    EXPECT_EQ(send_webhook(server, http, deal.event("EV_paid" + deal.session)).status, 200);
    wait_for_payment(passenger, deal.payment, "paid");
    attempt.event_id += "b";
    EXPECT_EQ(send_webhook(server, http, attempt).status, 200);
    EXPECT_EQ(passenger.http.get("/api/v1/payments/" + deal.payment).text("/data/status"), "paid");
    EXPECT_EQ(init_payment(passenger, deal.booking).code(), "already_paid");
}

TEST_F(Webhooks, OtherPeoplesPaymentsAreUnknown) {
    const Started deal = start(passenger, trip);
    EXPECT_EQ(driver.http.get("/api/v1/payments/" + deal.payment).status, 404);
    EXPECT_EQ(driver.http.post("/api/v1/payments/" + deal.payment + "/cancel").status, 404);
    EXPECT_EQ(init_payment(driver, deal.booking).status, 404);
    EXPECT_EQ(passenger.http
                  .post("/api/v1/payments/init",
                        json::object{{"booking_id", deal.booking}, {"method", "wave"}})
                  .code(),
              "bad_request")
        << "without a key";
    const Response cancelled = passenger.http.post("/api/v1/payments/" + deal.payment + "/cancel");
    ASSERT_EQ(cancelled.status, 200) << cancelled.brief();
    EXPECT_EQ(cancelled.text("/data/failure/code"), "cancelled");
}

TEST(LateMoney, TwoPaidForTheLastSeatOneIsRefunded_F05) {
    ServerProcess server;
    auto http = server.client();
    Person driver = make_driver(server);
    Person first = sign_up(server);
    Person second = sign_up(server);
    const std::string trip =
        publish(server, driver, {{"seats_available", 1}, {"departure_time", in(server, 10h)}});
    const Started early = start(first, trip);
    advance_clock(server, 31min);
    second.renew();
    const Started late = start(second, trip);
    advance_clock(server, 31min);  // neither holds the seat now
    const auto answers = at_once(2, [&](int i) {
        auto own = server.client();
        return send_webhook(server, own, i == 0 ? early.event("EV_1") : late.event("EV_2"));
    });
    EXPECT_EQ(count_status(answers, 200), 2);
    first.renew();
    second.renew();
    const auto ends = [&] {
        return std::pair{first.http.get("/api/v1/payments/" + early.payment).text("/data/status"),
                         second.http.get("/api/v1/payments/" + late.payment).text("/data/status")};
    };
    eventually("one paid, the other refunded", 20s, [&] {
        const auto [a, b] = ends();
        return (a == "paid" && b == "refunded") || (a == "refunded" && b == "paid");
    });
    const bool first_won = ends().first == "paid";
    Person& loser = first_won ? second : first;
    const Response lost =
        loser.http.get("/api/v1/bookings/" + (first_won ? late.booking : early.booking));
    EXPECT_EQ(lost.text("/data/status"), "cancelled");
    EXPECT_EQ(ledger_balance(server, "escrow"), early.amount);
    expect_seats_add_up(server, trip);
    server.expect_ledger_holds();
}

TEST(LateMoney, AfterACancelComesBackWhole) {
    ServerProcess server;
    auto http = server.client();
    Person driver = make_driver(server);
    Person passenger = sign_up(server);
    const Started deal = start(passenger, publish(server, driver));
    ASSERT_EQ(
        passenger.http
            .post("/api/v1/bookings/" + deal.booking + "/cancel", json::object{{"reason", "other"}})
            .status,
        200);
    pay_at_wave(server, deal.session);
    wait_for_payment(passenger, deal.payment, "refunded");
    EXPECT_EQ(passenger.http.get("/api/v1/bookings/" + deal.booking).text("/data/status"),
              "cancelled");
    EXPECT_EQ(ledger_balance(server, "escrow"), 0);
    server.expect_ledger_holds();
}

// --- the sandbox's faults ------------------------------------------------------------------------

struct Fault {
    const char* name;
    const char* end;  // of the payment
};
TEST(Sandbox, KnowsThePayerByHisPhone_10) {
    auto& server = shared_server();
    Person driver = make_driver(server);
    Person passenger = sign_up(server);
    const Response started = init_payment(passenger, booked(passenger, publish(server, driver)));
    ASSERT_EQ(started.status, 200) << started.brief();
    auto http = server.client();
    const Response transaction =
        http.get("/sandbox/providers/wave/transactions/" + session_of(started));
    EXPECT_EQ(transaction.text("/data/phone"), passenger.phone)
        << "some phones trigger faults, without any control call";
}

class SandboxFault : public testing::TestWithParam<Fault> {};

// Time is moved until the end comes, as the server asks the provider on its own schedule.
TEST_P(SandboxFault, EndsAsRequired_F07) {
    ServerOptions options{.errors_in_log = true};
    options.settings.emplace_back("payments.start_wait_s", "2");
    ServerProcess server{options};
    auto http = server.client();
    Person driver = make_driver(server);
    Person passenger = sign_up(server);
    const std::string trip = publish(server, driver, {{"departure_time", in(server, 20h)}});
    const Fault fault = GetParam();
    const Response armed = http.post("/sandbox/providers/wave/faults",
                                     json::object{{"fault", fault.name}, {"times", 1}});
    ASSERT_EQ(armed.status, 201) << armed.brief();
    const std::string booking = booked(passenger, trip);
    const Response started = init_payment(passenger, booking);
    std::string payment;
    if (started.status / 100 == 2)
        payment = started.text("/data/payment/id");
    else
        payment = started.text("/error/details/payment_id");
    if (started.status == 200) pay_at_wave(server, session_of(started));
    std::string status;
    for (int minute = 0; minute < 40 && status != fault.end; ++minute) {
        const auto deadline = std::chrono::steady_clock::now() + 500ms;
        do {
            const Response now = passenger.http.get("/api/v1/payments/" + payment);
            status = now.text("/data/status");
            // Found again by its reference, the session can be paid.
            if (started.status == 202 && status == "init" && !now.is_null("/data/provider_ref"))
                pay_at_wave(server, now.text("/data/provider_ref"));
            std::this_thread::sleep_for(10ms);
        } while (status != fault.end && std::chrono::steady_clock::now() < deadline);
        if (status != fault.end) advance_clock(server, 60s);
        if (minute % 10 == 9) passenger.renew();
    }
    EXPECT_EQ(status, fault.end);
    EXPECT_LE(server.sql().number("select count(*) from ledger.act where kind = 'capture'"), 1);
    server.expect_ledger_holds();
}

INSTANTIATE_TEST_SUITE_P(
    Wave, SandboxFault,
    testing::Values(Fault{"webhook_late", "paid"}, Fault{"webhook_lost", "paid"},
                    Fault{"webhook_duplicate", "paid"}, Fault{"webhook_reordered", "paid"},
                    Fault{"webhook_bad_signature", "paid"}, Fault{"webhook_stale", "paid"},
                    Fault{"webhook_before_answer", "paid"}, Fault{"amount_wrong", "failed"},
                    Fault{"start_timeout_created", "paid"}, Fault{"start_timeout_nothing", "paid"},
                    Fault{"start_5xx", "failed"}, Fault{"pending_forever", "failed"},
                    Fault{"flip_paid_failed", "paid"}),
    [](const auto& param_info) { return std::string{param_info.param.name}; });

}  // namespace
}  // namespace taama::test
