#pragma once

// Trips, bookings and payments of the journeys.

#include <boost/json/object.hpp>

#include <string>
#include <string_view>
#include <vector>

#include "tests/journeys/people.hpp"

namespace taama::test {

// Now by the server's clock, which the sandbox may have moved, and shifts of it as RFC 3339 text.
UtcTime server_now(const ServerProcess& server);
void advance_clock(const ServerProcess& server, std::chrono::seconds by);

boost::json::object abidjan();
boost::json::object toumodi();
boost::json::object yamoussoukro();
boost::json::object bouake();

// A trip Abidjan – Yamoussoukro in two hours, 6000 a seat, 3 seats, accepting by itself; `more`
// replaces fields.
boost::json::object new_trip(const ServerProcess& server, boost::json::object more = {});
// Publishes it; its id.
std::string publish(const ServerProcess& server, Person& driver, boost::json::object more = {});

Response book(Person& passenger, const std::string& trip_id, int seats = 1,
              boost::json::object more = {});
std::string booked(Person& passenger, const std::string& trip_id, int seats = 1);

Response init_payment(Person& passenger, const std::string& booking_id);
// What the sandbox of Wave calls the session of a payment.
std::string session_of(const Response& payment);
// The payer says yes at Wave.
void pay_at_wave(const ServerProcess& server, const std::string& session);
// Books, pays and waits until the booking is paid; its id.
std::string paid_booking(const ServerProcess& server, Person& passenger, const std::string& trip_id,
                         int seats = 1);
Response wait_for_booking(Person& reader, const std::string& booking_id, std::string_view status);
Response wait_for_payment(Person& reader, const std::string& payment_id, std::string_view status);

// Wave's webhook, as the test itself sends it.
struct WaveEvent {
    std::string event_id{};
    std::string session{};
    std::string payment_id{};
    std::int64_t amount = 0;
    std::string currency = "XOF";
    std::string type = "checkout.session.completed";
};
std::string wave_body(const WaveEvent& event);
std::string wave_signature(std::string_view secret, std::int64_t unix_time, std::string_view body);
Response send_webhook(HttpClient& http, const std::string& body, const std::string& signature);
Response send_webhook(const ServerProcess& server, HttpClient& http, const WaveEvent& event);

// Σ of the ledger per kind of account, in minor units: "commission", "escrow", …
std::int64_t ledger_balance(const ServerProcess& server, std::string_view kind,
                            std::string_view owner_id = {});
// Every segment's free seats and the seats of its holding bookings make up what the trip offers.
void expect_seats_add_up(const ServerProcess& server, const std::string& trip_id);

// Runs `act(i)` for 0..count-1 on threads that start together; the results in order.
std::vector<Response> at_once(int count, const std::function<Response(int)>& act);
int count_status(const std::vector<Response>& responses, int status);

}  // namespace taama::test
