#pragma once

// People of the journeys, made fast and over HTTP only.

#include <boost/json/object.hpp>

#include <functional>
#include <string>
#include <string_view>

#include "tests/support/server_process.hpp"

namespace taama::test {

// A signed-in person or staff member with a connection of their own.
struct Person {
    HttpClient http;
    std::string id{};
    std::string phone{};
    std::string access_token{};
    std::string refresh_token{};
    std::string session_id{};
    std::string csrf_token{};

    // Takes the tokens of a TokenView.
    void take(const Response& token_view);
    // For after the clock was moved past the access token.
    void renew();
    HeaderList bearer() const { return {{"Authorization", "Bearer " + access_token}}; }
};

// A mobile number of Côte d'Ivoire that no other test of this process uses.
std::string unique_phone();
std::string unique_email();
std::string unique_key();  // for Idempotency-Key
HeaderList key();          // {{"Idempotency-Key", unique_key()}}

// The newest code that was sent to `to`, once at least `messages` messages were.
std::string code_sent_to(const ServerProcess& server, const std::string& to, int messages = 1);
boost::json::array messages_to(const ServerProcess& server, const std::string& to);

// Repeats `done` until it answers true; adds a failure when it does not in time.
bool eventually(std::string_view what, std::chrono::milliseconds patience,
                const std::function<bool()>& done);

inline constexpr const char* password = "mangue-verte-12";

// Registers by phone and code. Without a password by default: hashing one takes its time.
Person sign_up(const ServerProcess& server, boost::json::object more = {});
Person sign_up_with_password(const ServerProcess& server);
// Staff of this role, made by the command line and signed in. One account per role and server.
Person staff(const ServerProcess& server, const std::string& role);

// Uploads `bytes` and confirms; the FileView once it is ready.
Response upload(Person& owner, std::string_view purpose, const std::string& bytes,
                std::string_view content_type = "image/png");
std::string upload_id(Person& owner, std::string_view purpose);
// The path and query of an absolute or relative URL.
std::string target_of(std::string_view url);

// Submits a document of this type; its id.
std::string submit_document(Person& person, std::string_view doc_type);
void approve_document(Person& reviewer, const std::string& id);
// Tier 3: an identity document and a driving licence, reviewed by compliance.
void verify_identity(const ServerProcess& server, Person& person);

// A verified person with a car of five seats.
Person make_driver(const ServerProcess& server);
std::string add_vehicle(Person& owner, boost::json::object more = {});
std::string unique_plate();

}  // namespace taama::test
