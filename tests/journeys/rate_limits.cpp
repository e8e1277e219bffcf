// Limits of requests, with the operator's own values (conventions; back office, 6; identity, 5.2).

#include <gtest/gtest.h>

#include "tests/journeys/deals.hpp"

namespace taama::test {
namespace {

using namespace std::chrono_literals;
namespace json = boost::json;

Settings only(std::initializer_list<std::pair<std::string, std::string>> limits) {
    Settings settings = lifted_limits();
    for (const auto& [key, value] : limits) {
        std::erase_if(settings, [&](const auto& setting) { return setting.first == key; });
        if (!value.empty()) settings.emplace_back(key, value);
    }
    return settings;
}

TEST(RateLimits, AnonymousByAddress_Example6) {
    ServerProcess server{{.settings = only({{"ratelimit.anonymous", ""}})}};
    auto http = server.client();
    int passed = 0;
    Response refused;
    for (int i = 0; i < 75; ++i) {
        Response answer = http.get("/api/v1/auth/config");
        if (answer.status == 200)
            ++passed;
        else
            refused = std::move(answer);
    }
    EXPECT_GE(passed, 58) << "the test's own start counts too";
    EXPECT_LE(passed, 70) << "what refills while the test runs";
    ASSERT_EQ(refused.code(), "rate_limited") << refused.brief();
    EXPECT_EQ(refused.header("Retry-After"), "1");
    EXPECT_EQ(refused.header("RateLimit-Remaining"), "0");
    EXPECT_EQ(http.get("/health/live").status, 200) << "not counted";
    EXPECT_EQ(http.get("/api/v1/auth/config", {{"X-Forwarded-For", "203.0.113.9"}}).status, 429)
        << "nobody chooses their own address";
}

TEST(RateLimits, PeopleHaveTheirOwn) {
    ServerProcess server{{.settings = only({{"ratelimit.user", "20"}})}};
    Person first = sign_up(server);
    Person second = sign_up(server);
    int refused = 0;
    for (int i = 0; i < 40; ++i) refused += first.http.get("/api/v1/me").status == 429;
    EXPECT_GE(refused, 10);
    EXPECT_EQ(second.http.get("/api/v1/me").status, 200);
}

TEST(RateLimits, CodeSendsByAddress_5_2) {
    ServerProcess server{{.settings = only({{"otp.sends_per_ip_hour", ""}})}};
    auto http = server.client();
    int sent = 0;
    Response refused;
    for (int i = 0; i < 22; ++i) {
        Response answer =
            http.post("/api/v1/auth/otp/send", json::object{{"phone", unique_phone()}});
        if (answer.status == 202)
            ++sent;
        else
            refused = std::move(answer);
    }
    EXPECT_EQ(sent, 20);
    EXPECT_EQ(refused.code(), "rate_limited");
    EXPECT_TRUE(refused.has_header("Retry-After"));
}

TEST(RateLimits, LoginAndRegistration) {
    ServerProcess server{{.settings = only({{"ratelimit.login", ""}, {"ratelimit.auth", ""}})}};
    auto http = server.client();
    int refused = 0;
    for (int i = 0; i < 14; ++i)
        refused +=
            http.post("/api/v1/auth/register", json::object{{"phone", unique_phone()}}).status ==
            429;
    EXPECT_GE(refused, 2) << "10 a minute";
    refused = 0;
    for (int i = 0; i < 40; ++i)
        refused += http.post("/api/v1/auth/login", json::object{{"phone", unique_phone()},
                                                                {"password", "whatever-it-is"}})
                       .status == 429;
    EXPECT_GE(refused, 5) << "30 a minute";
}

}  // namespace
}  // namespace taama::test
