#include "tests/journeys/deals.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <openssl/hmac.h>

#include <algorithm>
#include <barrier>
#include <stdexcept>
#include <thread>

#include "platform/time/time.hpp"

namespace taama::test {

using namespace std::chrono_literals;
namespace json = boost::json;

namespace {

Response need(Response response, int status) {
    if (response.status != status)
        throw std::runtime_error(fmt::format("expected {}, got {}", status, response.brief()));
    return response;
}

Response wait_for(Person& reader, const std::string& path, std::string_view status) {
    Response response;
    eventually(fmt::format("{} {}", path, status), 20s, [&] {
        response = need(reader.http.get(path), 200);
        return response.text("/data/status") == status;
    });
    return response;
}

json::object position(double lat, double lon, std::string_view text) {
    return {{"lat", lat}, {"lon", lon}, {"text", text}};
}

}  // namespace

// --- time ----------------------------------------------------------------------------------------

UtcTime server_now(const ServerProcess& server) {
    auto http = server.client();
    const Response answer = need(http.put("/sandbox/clock", json::object{{"advance_s", 0}}), 200);
    const auto* pointer = answer.has("/data/now") ? "/data/now" : "/now";
    const auto now = parse_utc_time(answer.text(pointer));
    if (!now) throw std::runtime_error("no time: " + answer.brief());
    return *now;
}

void advance_clock(const ServerProcess& server, std::chrono::seconds by) {
    auto http = server.client();
    need(http.put("/sandbox/clock", json::object{{"advance_s", by.count()}}), 200);
}

// --- trips and bookings --------------------------------------------------------------------------

json::object abidjan() { return position(5.3575, -4.0083, "Abidjan, Plateau"); }
json::object toumodi() { return position(6.5580, -5.0190, "Toumodi"); }
json::object yamoussoukro() { return position(6.8190, -5.2760, "Yamoussoukro"); }
json::object bouake() { return position(7.6900, -5.0300, "Bouaké"); }

json::object new_trip(const ServerProcess& server, json::object more) {
    json::object trip{
        {"origin", abidjan()},
        {"destination", yamoussoukro()},
        {"departure_time",
         to_string(std::chrono::floor<std::chrono::seconds>(server_now(server)) + 2h)},
        {"price_per_seat", 6000},
        {"seats_available", 3},
        {"allow_auto_accept", true},
        {"luggage_policy", "1 valise cabine"},
        {"rules", "Non-fumeur"}};
    for (auto& [name, value] : more) trip[name] = std::move(value);
    return trip;
}

std::string publish(const ServerProcess& server, Person& driver, json::object more) {
    return need(driver.http.post("/api/v1/trips", new_trip(server, std::move(more))), 201)
        .text("/data/id");
}

Response book(Person& passenger, const std::string& trip_id, int seats, json::object more) {
    json::object body{{"trip_id", trip_id}, {"seats", seats}};
    for (auto& [name, value] : more) body[name] = std::move(value);
    return passenger.http.post("/api/v1/bookings", body, key());
}

std::string booked(Person& passenger, const std::string& trip_id, int seats) {
    return need(book(passenger, trip_id, seats), 201).text("/data/id");
}

Response wait_for_booking(Person& reader, const std::string& booking_id, std::string_view status) {
    return wait_for(reader, "/api/v1/bookings/" + booking_id, status);
}

Response wait_for_payment(Person& reader, const std::string& payment_id, std::string_view status) {
    return wait_for(reader, "/api/v1/payments/" + payment_id, status);
}

// --- payments ------------------------------------------------------------------------------------

Response init_payment(Person& passenger, const std::string& booking_id) {
    return passenger.http.post("/api/v1/payments/init",
                               json::object{{"booking_id", booking_id}, {"method", "wave"}}, key());
}

std::string session_of(const Response& payment) {
    return payment.text(payment.has("/data/payment") ? "/data/payment/provider_ref"
                                                     : "/data/provider_ref");
}

void pay_at_wave(const ServerProcess& server, const std::string& session) {
    auto http = server.client();
    const Response paid =
        http.post("/sandbox/providers/wave/transactions/" + session + "/pay", json::object{});
    if (paid.status / 100 != 2) throw std::runtime_error("sandbox: " + paid.brief());
}

std::string paid_booking(const ServerProcess& server, Person& passenger, const std::string& trip_id,
                         int seats) {
    const std::string id = booked(passenger, trip_id, seats);
    pay_at_wave(server, session_of(need(init_payment(passenger, id), 200)));
    wait_for_booking(passenger, id, "paid");
    return id;
}

// --- webhooks ------------------------------------------------------------------------------------

std::string wave_body(const WaveEvent& event) {
    const bool complete = event.type == "checkout.session.completed";
    return fmt::format(
        R"({{"id":"{}","type":"{}","data":{{"id":"{}","amount":"{}","checkout_status":"{}",)"
        R"("client_reference":"{}","currency":"{}","payment_status":"{}","transaction_id":"T{}"}}}})",
        event.event_id, event.type, event.session, event.amount, complete ? "complete" : "open",
        event.payment_id, event.currency, complete ? "succeeded" : "cancelled", event.session);
}

std::string wave_signature(std::string_view secret, std::int64_t unix_time, std::string_view body) {
    const std::string message = std::to_string(unix_time) + std::string{body};
    unsigned char digest[EVP_MAX_MD_SIZE];
    unsigned int length = 0;
    HMAC(EVP_sha256(), secret.data(), static_cast<int>(secret.size()),
         reinterpret_cast<const unsigned char*>(message.data()), message.size(), digest, &length);
    std::string hex;
    for (unsigned int i = 0; i < length; ++i) hex += fmt::format("{:02x}", digest[i]);
    return fmt::format("t={},v1={}", unix_time, hex);
}

Response send_webhook(HttpClient& http, const std::string& body, const std::string& signature) {
    Request request{.method = "POST",
                    .target = "/api/v1/payments/webhook/wave",
                    .body = body,
                    .headers = {{"Content-Type", "application/json"}}};
    if (!signature.empty()) request.headers.emplace_back("Wave-Signature", signature);
    return http.send(std::move(request));
}

Response send_webhook(const ServerProcess& server, HttpClient& http, const WaveEvent& event) {
    const std::string body = wave_body(event);
    const auto now = std::chrono::floor<std::chrono::seconds>(server_now(server));
    return send_webhook(
        http, body,
        wave_signature(ServerProcess::webhook_secret, now.time_since_epoch().count(), body));
}

// --- books and seats -----------------------------------------------------------------------------

std::int64_t ledger_balance(const ServerProcess& server, std::string_view kind,
                            std::string_view owner_id) {
    return server.sql().number(
        "select coalesce(sum(case side when 'D' then debits_posted - credits_posted"
        " else credits_posted - debits_posted end), 0)"
        " from ledger.account where kind = $1 and ($2 = '' or owner_id = $2)",
        {std::string{kind}, std::string{owner_id}});
}

void expect_seats_add_up(const ServerProcess& server, const std::string& trip_id) {
    const auto wrong = server.sql().query(
        "select s.from_m, s.seats_free, coalesce(sum(b.seats), 0), t.seats_offered"
        "  from carpool.trips t join carpool.trip_segments s on s.trip_id = t.id"
        "  left join carpool.bookings b on b.trip_id = t.id and b.seats_held"
        "   and b.from_m <= s.from_m and b.to_m >= s.to_m"
        " where t.id = $1"
        " group by s.from_m, s.seats_free, t.seats_offered"
        " having s.seats_free + coalesce(sum(b.seats), 0) <> t.seats_offered",
        {trip_id});
    for (const auto& row : wrong)
        ADD_FAILURE() << fmt::format("segment from {} m: {} free + {} held, {} offered", *row[0],
                                     *row[1], *row[2], *row[3]);
}

// --- races ---------------------------------------------------------------------------------------

std::vector<Response> at_once(int count, const std::function<Response(int)>& act) {
    std::vector<Response> responses(static_cast<std::size_t>(count));
    std::barrier start{count};
    std::vector<std::jthread> threads;
    for (int i = 0; i < count; ++i)
        threads.emplace_back([&, i] {
            start.arrive_and_wait();
            try {
                responses[static_cast<std::size_t>(i)] = act(i);
            } catch (const std::exception& error) {
                ADD_FAILURE() << "request " << i << ": " << error.what();
            }
        });
    threads.clear();
    return responses;
}

int count_status(const std::vector<Response>& responses, int status) {
    return static_cast<int>(std::ranges::count(responses, status, &Response::status));
}

}  // namespace taama::test
