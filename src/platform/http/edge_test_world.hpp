#pragma once

// What tests of the edge, the server and the sockets stand on: an edge over the operations of the
// test, whose callers carry their name as token.

#include <gtest/gtest.h>

#include <boost/beast/core/string.hpp>

#include <algorithm>

#include "platform/crypto/seal.hpp"
#include "platform/http/connection.hpp"
#include "platform/http/edge.hpp"
#include "platform/pg/db.hpp"

namespace taama::http {

inline const SessionId test_session{Uuid::parse("5e551011-0000-4000-8000-000000000001").value()};

// "user" is a person, every role is staff of that role; "soon" and "hour" are people whose tokens
// end in 50 ms and in an hour, "expired" is refused as such. The cookie takes the same words.
class NamedCallers final : public Authenticator {
public:
    std::expected<Caller, Refusal> bearer(std::string_view token, UtcTime now) const override {
        Caller caller;
        caller.session = test_session;
        caller.id.bytes[0] = static_cast<std::uint8_t>(token.size());
        if (token == "user" || token == "soon" || token == "hour") {
            caller.kind = Caller::Kind::user;
            if (token == "soon") caller.credential_expires = now + 50ms;
            if (token == "hour") caller.credential_expires = now + 1h;
            return caller;
        }
        if (token == "expired") return refuse(errors::token_expired);
        Role role{};
        if (!boost::describe::enum_from_string(std::string{token}.c_str(), role))
            return refuse(errors::auth_required);
        caller.kind = Caller::Kind::staff;
        caller.role = role;
        return caller;
    }
    Task<std::expected<Caller, Refusal>> cookie(std::string_view value, UtcTime now) override {
        auto caller = bearer(value, now);
        if (caller) caller->by_cookie = true;
        co_return caller;
    }
    bool csrf_matches(const Caller&, std::string_view token) const override {
        return token == "csrf";
    }
};

// Keeps what the edge tells.
class Notes final : public Observer {
public:
    void request_began() override { ++began; }
    void request_ended(const Context& context, int status,
                       std::chrono::steady_clock::duration) override {
        ended.push_back(fmt::format("{} {}", context.operation, status));
    }
    void bytes_received(Encoding encoding, std::size_t size) override {
        received[static_cast<std::size_t>(encoding)] += size;
    }
    void bytes_sent(Encoding encoding, std::size_t size) override {
        sent[static_cast<std::size_t>(encoding)] += size;
    }
    void request_failed(const Context&, const std::exception& error) override {
        failures.emplace_back(error.what());
    }

    int began = 0;
    std::vector<std::string> ended;
    std::vector<std::string> failures;
    std::array<std::size_t, encoding_count> received{};
    std::array<std::size_t, encoding_count> sent{};
};

struct Call {
    Method method = Method::get;
    std::string target;
    std::string as{};  // bearer token
    std::string body{};
    Headers headers{};
};

struct TestWorld {
    explicit TestWorld(pg::Db& database) : db(database) {}

    Edge& edge() {
        if (!made)
            made = std::make_unique<Edge>(Edge::Parts{
                .db = db,
                .clock = clock,
                .authenticator = callers,
                .rate_limiter = rate_limiter,
                .sealer = sealer,
                .observer = notes,
                .operations = operations,
                .settings = {
                    .rate_limit =
                        [this](std::string_view name, int fallback) {
                            return name == limited_class ? limit : fallback;
                        },
                    .origin_allowed =
                        [](std::string_view origin) { return origin == "https://console.test"; },
                    .language = [] { return Language::fr; },
                    .compress_min_bytes = [] { return std::size_t{512}; }},
                .constraints = constraints});
        return *made;
    }

    Task<Response> ask(Call call) {
        auto target = parse_target(call.target).value();
        if (!call.as.empty()) call.headers.emplace_back("Authorization", "Bearer " + call.as);
        if (!call.body.empty() &&
            std::ranges::find(call.headers, "Content-Type", &Headers::value_type::first) ==
                call.headers.end())
            call.headers.emplace_back("Content-Type", "application/json");
        Request request;
        request.method = call.method;
        request.path = std::move(target.path);
        request.query = std::move(target.query);
        request.raw_query = std::move(target.raw_query);
        request.body = std::move(call.body);
        request.remote_ip = "192.0.2.1";
        request.header = [&call](std::string_view name) -> std::string_view {
            for (const auto& [key, value] : call.headers)
                if (boost::beast::iequals({key.data(), key.size()}, {name.data(), name.size()}))
                    return value;
            return {};
        };
        co_return co_await edge().serve(request);
    }

    pg::Db& db;
    Clock clock;
    NamedCallers callers;
    RateLimiter rate_limiter;
    crypto::Sealer sealer{crypto::SealerKeys{}};
    Notes notes;
    Operations operations;
    std::vector<ConstraintRefusal> constraints;
    std::string limited_class;  // this class of requests has `limit` instead of its own
    int limit = 0;
    std::unique_ptr<Edge> made;
};

inline std::string header_of(const Response& response, std::string_view name) {
    std::string all;
    for (const auto& [key, value] : response.headers)
        if (key == name) (all += all.empty() ? "" : ", ") += value;
    return all;
}

// "200", or "409 conflict" with the code of the error envelope.
inline std::string outcome(const Response& response) {
    std::string text = std::to_string(response.status);
    if (response.status < 400) return text;
    boost::json::error_code error;
    const auto body = boost::json::parse(response.body, error);
    if (!error) text += std::string{" "} + body.at("error").at("code").as_string().c_str();
    return text;
}

inline std::string details_of(const Response& response) {
    return boost::json::serialize(boost::json::parse(response.body).at("error").at("details"));
}

inline std::string data_of(const Response& response) {
    return boost::json::serialize(boost::json::parse(response.body).at("data"));
}

}  // namespace taama::http
