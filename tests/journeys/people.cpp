#include "tests/journeys/people.hpp"

#include <fmt/format.h>

#include <gtest/gtest.h>

#include <atomic>
#include <map>
#include <mutex>
#include <stdexcept>
#include <thread>

#include "tests/journeys/images.hpp"

namespace taama::test {

using namespace std::chrono_literals;
namespace json = boost::json;

namespace {

std::atomic<int> numbers{0};

std::string padded(int number, std::size_t digits) {
    std::string text = std::to_string(number);
    return std::string(digits - std::min(digits, text.size()), '0') + text;
}

// What a helper needs to go on; the message is the answer.
Response need(Response response, int status) {
    if (response.status != status)
        throw std::runtime_error("expected " + std::to_string(status) + ", got " +
                                 response.brief());
    return response;
}

json::object joined(json::object base, json::object more) {
    for (auto& [name, value] : more) base[name] = std::move(value);
    return base;
}

}  // namespace

void Person::take(const Response& token_view) {
    access_token = token_view.text("/data/access_token");
    refresh_token = token_view.text("/data/refresh_token");
    session_id = token_view.text("/data/session_id");
    csrf_token = token_view.text("/data/csrf_token");
    if (token_view.has("/data/user/id")) id = token_view.text("/data/user/id");
    http.bearer(access_token);
}

void Person::renew() {
    http.bearer({});
    take(need(
        http.post("/api/v1/auth/token/refresh", json::object{{"refresh_token", refresh_token}}),
        200));
}

// 01: mobile numbers; those that end a payment by a fault of the sandbox start with 07.
std::string unique_phone() { return "+22501" + padded(++numbers, 8); }
std::string unique_email() { return "awa." + std::to_string(++numbers) + "@exemple.ci"; }
std::string unique_key() { return "key-" + std::to_string(++numbers); }
HeaderList key() { return {{"Idempotency-Key", unique_key()}}; }
std::string unique_plate() { return padded(++numbers, 4) + " AB 01"; }

json::array messages_to(const ServerProcess& server, const std::string& to) {
    auto http = server.client();
    return need(http.get("/api/v1/dev/messages?to=" + encode(to)), 200).items();
}

std::string code_sent_to(const ServerProcess& server, const std::string& to, int messages) {
    std::string code;
    eventually("a code for " + to, 10s, [&] {
        const json::array sent = messages_to(server, to);
        if (static_cast<int>(sent.size()) < messages) return false;
        code = std::string{sent[0].at("code").as_string()};
        return true;
    });
    return code;
}

bool eventually(std::string_view what, std::chrono::milliseconds patience,
                const std::function<bool()>& done) {
    const auto deadline = std::chrono::steady_clock::now() + patience;
    while (!done()) {
        if (std::chrono::steady_clock::now() > deadline) {
            ADD_FAILURE() << "not in time: " << what;
            return false;
        }
        std::this_thread::sleep_for(5ms);
    }
    return true;
}

Person sign_up(const ServerProcess& server, json::object more) {
    Person person{.http = server.client(), .phone = unique_phone()};
    need(person.http.post(
             "/api/v1/auth/register",
             joined({{"phone", person.phone}, {"first_name", "Awa"}, {"last_name", "Koné"}},
                    std::move(more))),
         202);
    person.take(need(person.http.post("/api/v1/auth/otp/verify",
                                      json::object{{"phone", person.phone},
                                                   {"code", code_sent_to(server, person.phone)},
                                                   {"purpose", "registration"}}),
                     200));
    return person;
}

Person sign_up_with_password(const ServerProcess& server) {
    return sign_up(server, {{"password", password}});
}

Person staff(const ServerProcess& server, const std::string& role) {
    struct Account {
        bool made = false;
        std::string token;
    };
    static std::mutex mutex;
    static std::map<std::pair<std::string, std::string>, Account> accounts;
    const std::scoped_lock lock{mutex};
    Account& account = accounts[{server.database_url(), role}];
    Person person{.http = server.client()};
    if (!account.token.empty()) {
        person.http.bearer(account.token);
        person.access_token = account.token;
        if (person.http.get("/api/v1/me").status == 200) return person;
        person.http.bearer({});
    }
    if (!account.made) {
        const auto made = server.run(
            {"staff", "create", "--username", role, "--role", role, "--name", "Test " + role},
            {{"TAAMA_STAFF_PASSWORD", password}});
        if (made.exit_code != 0)
            throw std::runtime_error(
                fmt::format("staff create ended with {}: {}", made.exit_code, made.output));
        account.made = true;
    }
    person.take(need(person.http.post("/api/v1/admin/login",
                                      json::object{{"username", role}, {"password", password}}),
                     200));
    account.token = person.access_token;
    return person;
}

std::string target_of(std::string_view url) {
    const auto scheme = url.find("://");
    if (scheme == std::string_view::npos) return std::string{url};
    return std::string{url.substr(url.find('/', scheme + 3))};
}

Response upload(Person& owner, std::string_view purpose, const std::string& bytes,
                std::string_view content_type) {
    const Response asked =
        need(owner.http.post("/api/v1/files", json::object{{"purpose", purpose},
                                                           {"content_type", content_type},
                                                           {"size", bytes.size()}}),
             201);
    Request put{
        .method = "PUT", .target = target_of(asked.text("/data/upload/url")), .body = bytes};
    for (const auto& [name, value] : asked.at("/data/upload/headers").as_object())
        put.headers.emplace_back(name, value.as_string());
    const Response stored = owner.http.send(std::move(put));
    if (stored.status / 100 != 2) throw std::runtime_error("upload: " + stored.brief());
    const std::string path = "/api/v1/files/" + asked.text("/data/file/id");
    Response file = owner.http.post(path + "/confirm");
    if (file.status == 202)
        eventually("a processed file", 10s, [&] {
            file = owner.http.get(path);
            return file.text("/data/status") != "processing";
        });
    return file;
}

std::string upload_id(Person& owner, std::string_view purpose) {
    return need(upload(owner, purpose, png_image(48, 32)), 200).text("/data/id");
}

std::string submit_document(Person& person, std::string_view doc_type) {
    return need(person.http.post("/api/v1/me/kyc",
                                 json::object{{"doc_type", doc_type},
                                              {"doc_number", "CI " + padded(++numbers, 9)},
                                              {"front_file_id", upload_id(person, "kyc")},
                                              {"back_file_id", upload_id(person, "kyc")},
                                              {"expires_on", "2099-05-30"}}),
                201)
        .text("/data/id");
}

void approve_document(Person& reviewer, const std::string& id) {
    need(reviewer.http.post("/api/v1/admin/kyc/" + id + "/approve", json::object{}), 200);
}

void verify_identity(const ServerProcess& server, Person& person) {
    Person reviewer = staff(server, "compliance");
    for (const char* doc_type : {"cni", "permis"})
        approve_document(reviewer, submit_document(person, doc_type));
}

std::string add_vehicle(Person& owner, json::object more) {
    return need(owner.http.post("/api/v1/vehicles", joined({{"make", "Toyota"},
                                                            {"model", "Corolla"},
                                                            {"color", "Gris"},
                                                            {"plate_number", unique_plate()},
                                                            {"seats_total", 5}},
                                                           std::move(more))),
                201)
        .text("/data/id");
}

Person make_driver(const ServerProcess& server) {
    Person driver = sign_up(server, {{"first_name", "Yao"}, {"last_name", "Kouassi"}});
    verify_identity(server, driver);
    add_vehicle(driver);
    return driver;
}

}  // namespace taama::test
