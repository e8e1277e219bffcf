// /metrics: everything is there from the start, and what happens is counted once.

#include <gtest/gtest.h>

#include <cmath>
#include <ctime>

#include "tests/journeys/deals.hpp"

namespace taama::test {
namespace {

using namespace std::chrono_literals;
namespace json = boost::json;

struct Expected {
    std::string_view name;
    std::string_view type;
};

constexpr Expected expected[] = {
    {"argon2_queue_depth", "gauge"},
    {"auth_lockouts_total", "counter"},
    {"auth_logins_total", "counter"},
    {"booking_conversion_ratio", "gauge"},
    {"build_info", "gauge"},
    {"carpool_bookings_total", "counter"},
    {"carpool_cancellations_total", "counter"},
    {"carpool_late_payments_total", "counter"},
    {"carpool_positions_total", "counter"},
    {"carpool_search_seconds", "histogram"},
    {"carpool_searches_total", "counter"},
    {"carpool_seat_conflicts_total", "counter"},
    {"files_process_seconds", "histogram"},
    {"files_total", "counter"},
    {"http_bytes_total", "counter"},
    {"http_request_duration_seconds", "histogram"},
    {"http_requests_in_flight", "gauge"},
    {"http_requests_total", "counter"},
    {"job_lag_seconds", "gauge"},
    {"jobs_dead", "gauge"},
    {"jobs_queued", "gauge"},
    {"jobs_total", "counter"},
    {"kyc_decisions_total", "counter"},
    {"kyc_pending", "gauge"},
    {"kyc_review_seconds", "histogram"},
    {"ledger_acts_total", "counter"},
    {"ledger_check_ok", "gauge"},
    {"ledger_holds_open", "gauge"},
    {"ledger_imbalance", "gauge"},
    {"ledger_post_seconds", "histogram"},
    {"messaging_messages_total", "counter"},
    {"notification_latency_seconds", "histogram"},
    {"notifications_queued", "gauge"},
    {"notifications_total", "counter"},
    {"otp_sent_total", "counter"},
    {"otp_verified_total", "counter"},
    {"outbox_lag_seconds", "gauge"},
    {"outbox_pending", "gauge"},
    {"payment_seconds", "histogram"},
    {"payment_success_ratio", "gauge"},
    {"payments_late_total", "counter"},
    {"payments_pending", "gauge"},
    {"payments_total", "counter"},
    {"pg_pool_in_use", "gauge"},
    {"pg_pool_refused_total", "counter"},
    {"pg_pool_wait_seconds", "histogram"},
    {"pg_query_seconds", "histogram"},
    {"process_cpu_seconds_total", "counter"},
    {"process_open_fds", "gauge"},
    {"process_resident_memory_bytes", "gauge"},
    {"process_start_time_seconds", "gauge"},
    {"provider_polls_total", "counter"},
    {"provider_requests_total", "counter"},
    {"provider_seconds", "histogram"},
    {"rate_limited_total", "counter"},
    {"recon_exceptions_open", "gauge"},
    {"refresh_reuse_total", "counter"},
    {"refunds_total", "counter"},
    {"schedule_last_success_seconds", "gauge"},
    {"sessions_active", "gauge"},
    {"webhook_ack_seconds", "histogram"},
    {"webhooks_total", "counter"},
    {"ws_connections", "gauge"},
};

// The value of a series as it is printed; -1 when there is none.
double value_of(const std::string& text, std::string_view series) {
    const std::string line = "\n" + std::string{series} + " ";
    const auto found = text.find(line);
    return found == std::string::npos ? -1 : std::stod(text.substr(found + line.size()));
}

class MetricsJourney : public testing::Test {
protected:
    ServerProcess server;
    HttpClient http = server.client();

    std::string metrics() { return http.get("/metrics").body; }
    double value(std::string_view series) { return value_of(metrics(), series); }
    // What jobs and providers do comes a moment later.
    void expect_soon(std::string_view series, double wanted) {
        double last = -1;
        eventually(std::string{series}, 15s, [&] { return (last = value(series)) == wanted; });
        EXPECT_EQ(last, wanted) << series;
    }
    void expect_now(std::initializer_list<std::pair<std::string_view, double>> wanted) {
        const std::string text = metrics();
        for (const auto& [series, count] : wanted)
            EXPECT_EQ(value_of(text, series), count) << series;
    }
    int log_in(const Person& person, std::string_view with) {
        return http
            .post("/api/v1/auth/login",
                  json::object{{"identifier", person.phone}, {"password", with}})
            .status;
    }
};

TEST_F(MetricsJourney, EveryNameIsThereFromTheStart_S4_053) {
    http.get("/health/live");
    const std::string text = metrics();
    for (const auto& [name, type] : expected) {
        EXPECT_TRUE(text.contains(fmt::format("# HELP {} ", name))) << name << " has no HELP";
        EXPECT_TRUE(text.contains(fmt::format("# TYPE {} {}\n", name, type))) << name;
    }
    EXPECT_EQ(value_of(text, R"(payments_total{method="wave",provider="wave",status="paid"})"), 0);
    EXPECT_EQ(value_of(text, R"(auth_logins_total{kind="user",result="locked"})"), 0);
    for (const std::string_view series : {"jobs_dead", "job_lag_seconds", "jobs_queued"})
        EXPECT_GE(value_of(text, fmt::format("{}{{name=\"payments.refund\"}}", series)), 0);
    EXPECT_EQ(value_of(text, R"(jobs_total{name="ledger.check_full",result="failed"})"), 0);
    EXPECT_TRUE(
        std::isnan(value_of(text, R"(schedule_last_success_seconds{name="ledger.check_full"})")))
        << "daily, and never yet";
    EXPECT_EQ(value_of(text, "ledger_check_ok"), 1);
    EXPECT_GT(value_of(text, "process_resident_memory_bytes"), 1e6);
    EXPECT_GT(value_of(text, "process_open_fds"), 3);
    EXPECT_TRUE(std::isnan(value_of(text, "booking_conversion_ratio"))) << "no bookings, no ratio";
}

TEST_F(MetricsJourney, SoundBooksShowNoImbalance) {
    Sql sql = server.sql();
    eventually("the first check of the books", 15s,
               [&] { return sql.number("select count(*) from ledger.check_run") > 0; });
    EXPECT_EQ(sql.value("select findings from ledger.check_run"), "[]");
    expect_soon("ledger_check_ok", 1);
    expect_soon("ledger_imbalance", 0);
}

TEST_F(MetricsJourney, JobsAndSchedulesByName) {
    const double now = static_cast<double>(std::time(nullptr));
    sign_up(server);
    const std::string_view sent = R"(jobs_total{name="notifications.send",result="done"})";
    eventually("a message that was sent", 15s, [&] { return value(sent) >= 1; });
    EXPECT_EQ(value(R"(jobs_total{name="notifications.send",result="failed"})"), 0);
    const std::string_view polled = R"(schedule_last_success_seconds{name="payments.poll"})";
    eventually("a schedule that ran", 15s, [&] { return value(polled) > now - 60; });
    EXPECT_GE(value(R"(jobs_total{name="payments.poll",result="done"})"), 1);

    Sql sql = server.sql();
    sql.query(
        "insert into platform.jobs (id, name, payload, status, max_attempts, run_at,"
        " created_at) values (gen_random_uuid(), 'payments.refund', '{}', 'dead', 1,"
        " now(), now())");
    expect_soon(R"(jobs_dead{name="payments.refund"})", 1);
    sql.query(
        "update platform.jobs set status = 'cancelled', finished_at = now()"
        " where status = 'dead'");
    expect_soon(R"(jobs_dead{name="payments.refund"})", 0);
}

TEST_F(MetricsJourney, StatementsByName) {
    sign_up(server);
    const std::string text = metrics();
    EXPECT_GE(value_of(text, R"(pg_query_seconds_count{statement="pg.commit"})"), 1);
    expect_soon(R"(pg_pool_in_use{kind="exclusive"})", 0);
}

TEST_F(MetricsJourney, SignInsAndCodes) {
    const Person person = sign_up_with_password(server);
    EXPECT_EQ(log_in(person, password), 200);
    for (int i = 0; i < 5; ++i) EXPECT_EQ(log_in(person, "mangue-rouge-12"), 401);
    EXPECT_NE(log_in(person, password), 200) << "locked";
    expect_now({{R"(auth_logins_total{kind="user",result="ok"})", 2},
                {R"(auth_logins_total{kind="user",result="wrong_password"})", 5},
                {R"(auth_logins_total{kind="user",result="locked"})", 1},
                {"auth_lockouts_total", 1},
                {R"(otp_sent_total{purpose="registration",channel="sms"})", 1},
                {R"(otp_verified_total{purpose="registration",result="right"})", 1},
                {R"(otp_verified_total{purpose="registration",result="wrong"})", 0}});
    expect_soon(R"(notifications_total{template="otp.code",channel="sms",status="sent"})", 1);
}

TEST_F(MetricsJourney, DocumentsAndFiles) {
    make_driver(server);
    expect_now({{R"(kyc_decisions_total{result="approved"})", 2},
                {R"(kyc_decisions_total{result="rejected"})", 0},
                {"kyc_review_seconds_count", 2}});
    const std::string text = metrics();
    EXPECT_GE(value_of(text, R"(files_total{purpose="kyc",status="ready"})"), 2);
    EXPECT_EQ(value_of(text, R"(files_total{purpose="kyc",status="ready"})"),
              value_of(text, "files_process_seconds_count"));
}

TEST_F(MetricsJourney, BookingsAndMoney) {
    Person driver = make_driver(server);
    Person passenger = sign_up(server);
    const std::string trip = publish(server, driver);
    passenger.http.get("/api/v1/trips/search?from=5.3575,-4.0083&to=6.8190,-5.2760");
    passenger.http.get("/api/v1/trips/search?from=9.3575,-4.0083&to=9.8190,-3.2760");
    expect_now({{R"(carpool_searches_total{empty="false"})", 1},
                {R"(carpool_searches_total{empty="true"})", 1},
                {R"(carpool_search_seconds_count{engine="index"})", 2}});

    const std::string booking = paid_booking(server, passenger, trip, 2);
    EXPECT_EQ(book(driver, trip).status, 409) << "one's own trip: no conflict of seats";
    Person late = sign_up(server);
    EXPECT_EQ(book(late, trip, 2).status, 409);
    expect_now({{R"(carpool_bookings_total{event="create"})", 1},
                {R"(carpool_bookings_total{event="accept"})", 1},
                {R"(carpool_bookings_total{event="pay"})", 1},
                {"carpool_seat_conflicts_total", 1},
                {R"(payments_total{method="wave",provider="wave",status="init"})", 1},
                {R"(payments_total{method="wave",provider="wave",status="paid"})", 1},
                {R"(payment_seconds_count{provider="wave"})", 1},
                {R"(ledger_acts_total{kind="capture"})", 1},
                {R"(messaging_messages_total{type="text"})", 0}});
    EXPECT_GE(value("ledger_post_seconds_count"), 1);
    EXPECT_GE(value(R"(provider_requests_total{provider="wave",result="2xx"})"), 1);
    EXPECT_GE(value(R"(provider_seconds_count{provider="wave"})"), 1);
    expect_soon(R"(webhook_ack_seconds_count{provider="wave"})", 1);
    expect_now({{R"(webhooks_total{provider="wave",status="processed"})", 1},
                {R"(webhooks_total{provider="wave",status="rejected"})", 0}});

    const Response cancelled =
        passenger.http.post("/api/v1/bookings/" + booking + "/cancel", json::object{});
    ASSERT_EQ(cancelled.status, 200) << cancelled.brief();
    expect_now({{R"(carpool_cancellations_total{by="passenger",step="paid"})", 1},
                {R"(refunds_total{target="origin",status="requested"})", 1},
                {R"(ledger_acts_total{kind="cancel"})", 1}});
    expect_soon(R"(refunds_total{target="origin",status="done"})", 1);
    expect_soon(R"(payments_total{method="wave",provider="wave",status="refunded"})", 1);
    expect_soon(R"(payments_pending)", 0);
}

TEST_F(MetricsJourney, SocketsThatAreOpen) {
    Person driver = make_driver(server);
    Person passenger = sign_up(server);
    const std::string booking = booked(passenger, publish(server, driver));
    const std::string series = R"(ws_connections{path="/ws/bookings/{id}"})";
    {
        auto socket = server.socket("/ws/bookings/" + booking, passenger.bearer());
        ASSERT_TRUE(socket.receive("ready", 5s));
        expect_soon(series, 1);
        socket.close();
    }
    expect_soon(series, 0);
}

}  // namespace
}  // namespace taama::test
