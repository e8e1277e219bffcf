#include "tests/journeys/chaos_load.hpp"

#include <gtest/gtest.h>
#include <boost/json/serialize.hpp>

namespace taama::test {

using namespace std::chrono_literals;
namespace json = boost::json;

namespace {

constexpr int trips_count = 80;
constexpr int passengers_count = 60;
constexpr std::size_t workers_count = 4;

}  // namespace

struct ChaosLoad::Worker {
    std::stop_token stop;
    HttpClient http;
    std::size_t number;
    int events = 0;
};

ServerOptions chaos_options() {
    ServerOptions options{.errors_in_log = true};
    options.settings.emplace_back("carpool.unpaid_max", "1000");
    return options;
}

std::chrono::milliseconds generous(std::chrono::milliseconds bound) {
#if defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
    return bound * 10;
#endif
#endif
    return bound * 3;
}

ChaosLoad::ChaosLoad(const ServerProcess& server) : server_(server), endpoint_(server.endpoint()) {
    Person driver = make_driver(server);
    add_vehicle(driver, {{"seats_total", 61}, {"is_default", true}, {"kind", "bus"}});
    const auto now = std::chrono::floor<std::chrono::seconds>(server_now(server));
    for (int day = 1; day <= trips_count; ++day)
        trips_.push_back(
            publish(server, driver,
                    {{"departure_time", to_string(now + 24h * day)}, {"seats_available", 60}}));
    for (int i = 0; i < passengers_count; ++i) {
        const Person person = sign_up(server);
        passengers_.push_back({.token = person.access_token, .id = person.id});
    }
}

void ChaosLoad::start() {
    for (std::size_t number = 0; number < workers_count; ++number)
        workers_.emplace_back([this, number](std::stop_token stop) { work(stop, number); });
}

void ChaosLoad::stop() {
    for (std::jthread& worker : workers_) worker.request_stop();
    workers_.clear();
}

void ChaosLoad::server_is_at(const Endpoint& endpoint) {
    const std::scoped_lock lock{mutex_};
    endpoint_ = endpoint;
}

Endpoint ChaosLoad::endpoint() const {
    const std::scoped_lock lock{mutex_};
    return endpoint_;
}

int ChaosLoad::acknowledged() const {
    const std::scoped_lock lock{mutex_};
    return static_cast<int>(bookings_.size());
}

int ChaosLoad::paid() const {
    const std::scoped_lock lock{mutex_};
    return static_cast<int>(payments_.size());
}

void ChaosLoad::work(std::stop_token stop, std::size_t number) {
    Worker worker{.stop = stop, .http = HttpClient{endpoint()}, .number = number};
    try {
        while (!stop.stop_requested()) {
            const std::size_t passenger = next_passenger_++;
            if (passenger >= passengers_.size()) return;
            worker.http.bearer(passengers_[passenger].token);
            for (const std::string& trip : trips_) {
                if (!book_and_pay(worker, trip)) return;
                search(worker);
            }
        }
    } catch (const std::exception& error) {
        ADD_FAILURE() << "load: " << error.what();
    }
}

std::optional<Response> ChaosLoad::insist(Worker& worker, const Request& request) {
    while (!worker.stop.stop_requested()) {
        try {
            Response response = worker.http.send(request);
            if (response.status < 500) return response;
            if (response.status != 503 || !response.has_header("Retry-After"))
                ADD_FAILURE() << request.target << ": " << response.brief();
            ++unavailable_;
        } catch (const boost::system::system_error& error) {
            if (!connections_may_break_) ADD_FAILURE() << request.target << ": " << error.what();
        }
        const Endpoint now = endpoint();
        worker.http.move_to(now);
        std::this_thread::sleep_for(5ms);
    }
    return {};
}

bool ChaosLoad::book_and_pay(Worker& worker, const std::string& trip) {
    Request booking{.method = "POST",
                    .target = "/api/v1/bookings",
                    .body = json::serialize(json::object{{"trip_id", trip}, {"seats", 1}}),
                    .headers = key()};
    booking.headers.emplace_back("Content-Type", "application/json");
    const auto booked = insist(worker, booking);
    if (!booked) return false;
    if (booked->status == 409) return true;  // the trip is full
    if (booked->status != 201) throw std::runtime_error(booked->brief());
    const std::string id = booked->text("/data/id");
    {
        const std::scoped_lock lock{mutex_};
        bookings_.push_back(id);
    }
    Request init{.method = "POST",
                 .target = "/api/v1/payments/init",
                 .body = json::serialize(json::object{{"booking_id", id}, {"method", "wave"}}),
                 .headers = key()};
    init.headers.emplace_back("Content-Type", "application/json");
    const auto payment = insist(worker, init);
    if (!payment) return false;
    if (payment->status == 202) return true;  // resumed by the server itself
    // The killed process held the key; its lease ends by itself. The person goes on meanwhile.
    if (payment->code() == "idempotency_in_progress") return true;
    if (payment->status != 200) throw std::runtime_error(payment->brief());

    // The emulated Wave forgets its sessions when the process dies; its signed word is enough.
    const std::string payment_id = payment->text("/data/payment/id");
    const std::string body = wave_body({.event_id = "EV_" + payment_id,
                                        .session = payment->text("/data/payment/provider_ref"),
                                        .payment_id = payment_id,
                                        .amount = payment->integer("/data/payment/amount")});
    const auto now = std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
    const auto acknowledged = insist(
        worker,
        {.method = "POST",
         .target = "/api/v1/payments/webhook/wave",
         .body = body,
         .headers = {{"Content-Type", "application/json"},
                     {"Wave-Signature", wave_signature(ServerProcess::webhook_secret,
                                                       now.time_since_epoch().count(), body)}}});
    if (!acknowledged) return false;
    if (acknowledged->status != 200) throw std::runtime_error(acknowledged->brief());
    const std::scoped_lock lock{mutex_};
    payments_.push_back(payment_id);
    return true;
}

void ChaosLoad::search(Worker& worker) {
    insist(worker, {.method = "GET",
                    .target = "/api/v1/trips/search?from=5.3575,-4.0083&to=6.8190,-5.2760"});
}

void ChaosLoad::expect_nothing_lost() {
    Sql sql{server_.database_url()};
    const std::scoped_lock lock{mutex_};
    for (const std::string& booking : bookings_)
        EXPECT_EQ(sql.number("select count(*) from carpool.bookings where id = $1", {booking}), 1)
            << "acknowledged booking " << booking;
    for (const std::string& payment : payments_) {
        EXPECT_EQ(sql.value("select status from payments.payment where id = $1", {payment}), "paid")
            << "acknowledged payment " << payment;
        EXPECT_EQ(sql.value("select b.status from carpool.bookings b join payments.payment p"
                            " on p.subject_id::text = b.id::text where p.id = $1",
                            {payment}),
                  "paid");
    }
    EXPECT_EQ(sql.number("select count(*) from (select trip_id, passenger_id from carpool.bookings"
                         " group by 1, 2 having count(*) > 1) twice"),
              0)
        << "a repeated request made a second booking";
    for (const std::string& trip : trips_) expect_seats_add_up(server_, trip);
    server_.expect_ledger_holds();
}

}  // namespace taama::test
