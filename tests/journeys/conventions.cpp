// The HTTP dialect that holds for every operation (the contract's conventions).

#include <gtest/gtest.h>

#include <set>

#include "tests/journeys/deals.hpp"

namespace taama::test {
namespace {

using namespace std::chrono_literals;
namespace json = boost::json;

constexpr const char* unknown_id = "00000000-0000-4000-8000-000000000000";

TEST(Paths, OneDialectManySpellings_S1_016) {
    auto& server = shared_server();
    auto http = server.client();
    for (const char* path : {"/api/v1/auth/config", "/api/auth/config", "/auth/config"})
        EXPECT_EQ(http.get(path).text("/data/country"), "CI") << path;
    EXPECT_EQ(http.get("/api/v1/nothing").code(), "not_found");
    EXPECT_EQ(http.get("/nothing").code(), "not_found");
    EXPECT_EQ(http.get("/api/v1//auth/config").status, 404);
    for (const char* path :
         {"/api/v1/rides", "/api/reservations", "/fleet/drivers/1", "/bolt/drivers"})
        EXPECT_EQ(http.get(path).code(), "module_disabled") << path;
    EXPECT_EQ(http.get("/api/v1/trips/" + std::string{unknown_id}).code(), "not_found");
    for (const char* id : {"1", "abc", "7D9F", "..%2f..%2fetc", "%F0%9F%8C%8D"})
        EXPECT_EQ(http.get("/api/v1/trips/" + std::string{id}).code(), "not_found") << id;
    for (const char* id : {"%00", "%ff%fe", "%zz"})
        EXPECT_EQ(http.get("/api/v1/trips/" + std::string{id}).status / 100, 4) << id;
    Person person = sign_up(server);
    for (const char* path : {"/auth/send-otp", "/api/v1/auth/otp/send"})
        EXPECT_EQ(http.post(path, json::object{{"phone", person.phone}}).status, 202) << path;
}

TEST(Methods, HeadOptionsAnd405) {
    auto http = shared_server().client();
    const Response refused = http.del("/api/v1/auth/config");
    EXPECT_EQ(refused.code(), "method_not_allowed");
    EXPECT_TRUE(refused.header("Allow").contains("GET")) << refused.header("Allow");
    const Response head = http.send({"HEAD", "/api/v1/auth/config"});
    EXPECT_EQ(head.status, 200);
    EXPECT_EQ(head.header("Content-Length"),
              http.get("/api/v1/auth/config").header("Content-Length"));
    EXPECT_EQ(http.send({"HEAD", "/api/v1/nothing"}).status, 404);
    EXPECT_EQ(http.send({"BREW", "/api/v1/auth/config"}).status / 100, 4);
}

TEST(Bodies, OnlyJsonOfModestSize_S1_011_S1_017) {
    auto http = shared_server().client();
    const auto send = [&](std::string body, std::string type) {
        return http.send(
            {"POST", "/api/v1/auth/login", std::move(body), {{"Content-Type", std::move(type)}}});
    };
    EXPECT_EQ(send(R"({"phone":"x"})", "text/plain").code(), "unsupported_media_type");
    EXPECT_EQ(send("phone=x", "application/x-www-form-urlencoded").code(),
              "unsupported_media_type");
    EXPECT_NE(send(R"({"phone":"x"})", "application/json; charset=utf-8").status, 415);
    EXPECT_EQ(send(R"({"phone":"x")", "application/json").code(), "bad_request");
    EXPECT_EQ(send(R"({"phone":"x","phone":"y"})", "application/json").code(), "bad_request");
    EXPECT_EQ(send("{\"phone\":\"\xff\xfe\"}", "application/json").code(), "bad_request");
    EXPECT_EQ(send("[]", "application/json").code(), "validation_error");
    EXPECT_EQ(send("null", "application/json").code(), "validation_error");
    EXPECT_EQ(send("", "application/json").status / 100, 4);
    const std::string deep = std::string(33, '[') + std::string(33, ']');
    EXPECT_EQ(send(R"({"phone":)" + deep + "}", "application/json").code(), "bad_request");
    const Response large =
        send(R"({"phone":")" + std::string(256 * 1024, 'x') + "\"}", "application/json");
    EXPECT_EQ(large.code(), "payload_too_large");
}

TEST(Bodies, EveryProblemIsNamedAtOnce_S1_030_S1_171) {
    auto& server = shared_server();
    Person driver = sign_up(server);
    const Response refused =
        driver.http.post("/api/v1/trips", json::object{{"origin", {{"lat", 91}, {"lon", -181}}},
                                                       {"destination", "Yamoussoukro"},
                                                       {"departure_time", "tomorrow"},
                                                       {"price_per_seat", -1},
                                                       {"colour", "red"}});
    EXPECT_EQ(refused.code(), "validation_error");
    for (const char* field :
         {"origin.lat", "origin.lon", "destination", "departure_time", "price_per_seat", "colour"})
        EXPECT_TRUE(refused.at("/error/details/fields").as_object().contains(field)) << field;
}

TEST(Envelope, LanguagesAndRequestIds_S1_018_S1_019_S1_020_S1_172) {
    auto http = shared_server().client();
    const std::string id = "6f1d2c3b-0000-4000-8000-0000000000aa";
    const Response french = http.get("/api/v1/me", {{"X-Request-Id", id}});
    EXPECT_EQ(french.header("X-Request-Id"), id);
    const Response english = http.get("/api/v1/me", {{"Accept-Language", "en"}});
    EXPECT_EQ(french.code(), english.code());
    EXPECT_NE(french.text("/error/message"), english.text("/error/message"));
    EXPECT_EQ(http.get("/api/v1/me", {{"Accept-Language", "de, en;q=0.5"}}).text("/error/message"),
              english.text("/error/message"));
    EXPECT_NE(http.get("/api/v1/me", {{"X-Request-Id", "not a uuid"}}).header("X-Request-Id"),
              "not a uuid");
}

TEST(Lists, PagesSortAndFilters) {
    auto& server = shared_server();
    Person owner = sign_up(server);
    for (int i = 0; i < 5; ++i) add_vehicle(owner);
    const Response page = owner.http.get("/api/v1/vehicles?page=2&page_size=2&sort=-created_at");
    ASSERT_EQ(page.status, 200) << page.brief();
    EXPECT_EQ(page.items().size(), 2U);
    EXPECT_EQ(page.integer("/meta/pagination/page"), 2);
    EXPECT_EQ(page.integer("/meta/pagination/total"), 5);
    EXPECT_EQ(page.integer("/meta/pagination/page_count"), 3);
    std::set<std::string> seen;
    for (int number = 1; number <= 3; ++number)
        for (const auto& item :
             owner.http.get("/api/v1/vehicles?page_size=2&page=" + std::to_string(number)).items())
            seen.emplace(item.at("id").as_string());
    EXPECT_EQ(seen.size(), 5U);
    EXPECT_EQ(owner.http.get("/api/v1/vehicles?page=99").items().size(), 0U);
    for (const char* query : {"page=0", "page=x", "page_size=101", "page_size=0", "sort=vin",
                              "nonsense=1", "page=99999999999999999999"})
        EXPECT_EQ(owner.http.get("/api/v1/vehicles?" + std::string{query}).code(),
                  "validation_error")
            << query;
    EXPECT_EQ(owner.http.get("/api/v1/bookings?status=in:paid,accepted").status, 200);
    EXPECT_EQ(owner.http.get("/api/v1/bookings?status=in:paid,unheard").code(), "validation_error");
    EXPECT_EQ(owner.http.get("/api/v1/bookings?pickup_at_gte=yesterday").code(),
              "validation_error");
}

TEST(Etags, SaveWorkAndGuardChanges) {
    auto& server = shared_server();
    Person owner = sign_up(server);
    const std::string path = "/api/v1/vehicles/" + add_vehicle(owner);
    const std::string etag = owner.http.get(path).header("ETag");
    ASSERT_FALSE(etag.empty());
    EXPECT_EQ(owner.http.get(path, {{"If-None-Match", etag}}).status, 304);
    EXPECT_EQ(owner.http.get(path, {{"If-None-Match", "\"other\", " + etag}}).status, 304);
    EXPECT_EQ(owner.http.patch(path, json::object{{"color", "Noir"}}, {{"If-Match", etag}}).status,
              200);
    EXPECT_EQ(owner.http.patch(path, json::object{{"color", "Bleu"}}, {{"If-Match", etag}}).code(),
              "precondition_failed");
    EXPECT_EQ(owner.http.get(path, {{"If-None-Match", etag}}).text("/data/color"), "Noir");
}

TEST(Headers, SafetyOnEveryAnswer) {
    auto& server = shared_server();
    Person person = sign_up(server);
    auto nobody = server.client();
    const Response answers[] = {nobody.get("/api/v1/auth/config"), nobody.get("/api/v1/nothing"),
                                nobody.get("/api/v1/me"), person.http.get("/api/v1/me")};
    for (const Response& answer : answers) {
        EXPECT_EQ(answer.header("X-Content-Type-Options"), "nosniff");
        EXPECT_EQ(answer.header("Cross-Origin-Opener-Policy"), "same-origin");
        EXPECT_TRUE(answer.header("Permissions-Policy").contains("geolocation=(self)"));
        EXPECT_FALSE(answer.header("RateLimit-Remaining").empty());
        EXPECT_EQ(answer.header("X-Frame-Options"), "DENY");
        EXPECT_EQ(answer.header("Referrer-Policy"), "no-referrer");
        EXPECT_TRUE(answer.header("Content-Security-Policy").contains("default-src 'none'"));
        EXPECT_FALSE(answer.has_header("Access-Control-Allow-Origin"));
        EXPECT_FALSE(answer.has_header("Server")) << "no need to tell";
    }
    EXPECT_TRUE(answers[3].header("Cache-Control").contains("private"));
    EXPECT_TRUE(answers[3].has_header("RateLimit-Limit"));
    EXPECT_TRUE(answers[3].has_header("RateLimit-Remaining"));
    EXPECT_TRUE(answers[3].has_header("RateLimit-Reset"));
    const Response login = nobody.post("/api/v1/auth/token/refresh",
                                       json::object{{"refresh_token", person.refresh_token}});
    EXPECT_TRUE(login.header("Cache-Control").contains("no-store"));
}

TEST(Cors, ConfiguredOriginsOnly) {
    Settings settings = lifted_limits();
    settings.emplace_back("cors.origins", R"(["https://console.exemple.ci"])");
    ServerProcess server{{.settings = settings}};
    auto http = server.client();
    const auto preflight = [&](const char* origin) {
        return http.send({"OPTIONS",
                          "/api/v1/auth/login",
                          {},
                          {{"Origin", origin},
                           {"Access-Control-Request-Method", "POST"},
                           {"Access-Control-Request-Headers", "content-type"}}});
    };
    const Response known = preflight("https://console.exemple.ci");
    EXPECT_EQ(known.status, 204);
    EXPECT_EQ(known.header("Access-Control-Allow-Origin"), "https://console.exemple.ci");
    EXPECT_EQ(known.header("Access-Control-Allow-Credentials"), "true");
    EXPECT_TRUE(known.header("Access-Control-Allow-Methods").contains("POST"));
    EXPECT_TRUE(known.header("Access-Control-Allow-Headers").contains("Idempotency-Key"));
    EXPECT_EQ(known.header("Access-Control-Max-Age"), "600");
    const Response answer =
        http.get("/api/v1/auth/config", {{"Origin", "https://console.exemple.ci"}});
    EXPECT_EQ(answer.header("Access-Control-Allow-Origin"), "https://console.exemple.ci");
    EXPECT_TRUE(answer.header("Access-Control-Expose-Headers").contains("ETag"));
    EXPECT_TRUE(answer.header("Vary").contains("Origin"));
    for (const char* origin :
         {"https://evil.example", "null", "https://console.exemple.ci.evil.example",
          "http://console.exemple.ci"}) {
        const Response other = preflight(origin);
        EXPECT_EQ(other.status, 403) << origin;
        EXPECT_FALSE(other.has_header("Access-Control-Allow-Origin"));
    }
}

// --- below HTTP's good manners -------------------------------------------------------------------

std::string raw(const std::string& bytes) {
    return HttpClient::raw_exchange(shared_server().endpoint(), bytes, 3s);
}

TEST(Wire, WhatIsNoHttpIsRefusedCleanly) {
    EXPECT_TRUE(raw("nonsense\r\n\r\n").starts_with("HTTP/1.1 400"));
    EXPECT_TRUE(raw("GET / HTTP/9.9\r\n\r\n").starts_with("HTTP/1.1 400"));
    const std::string long_header =
        "GET /api/v1/auth/config HTTP/1.1\r\nHost: x\r\nX-Long: " + std::string(64 * 1024, 'x') +
        "\r\n\r\n";
    const std::string refused = raw(long_header);
    EXPECT_TRUE(refused.empty() || refused.starts_with("HTTP/1.1 4")) << refused.substr(0, 200);
    // Two lengths are how requests are smuggled.
    EXPECT_TRUE(raw("POST /api/v1/auth/login HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n"
                    "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n")
                    .starts_with("HTTP/1.1 4"));
    EXPECT_TRUE(raw("POST /api/v1/auth/login HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999999\r\n"
                    "Content-Type: application/json\r\n\r\n")
                    .starts_with("HTTP/1.1 413"));
}

TEST(Wire, PipelinedRequestsAreAnsweredInOrder) {
    std::string requests;
    for (int i = 0; i < 20; ++i)
        requests += "GET /api/v1/trips/" + std::to_string(i) +
                    " HTTP/1.1\r\nHost: x\r\nX-Request-Id: 00000000-0000-4000-8000-0000000000" +
                    (i < 10 ? "0" : "") + std::to_string(i) + "\r\n" +
                    (i == 19 ? "Connection: close\r\n" : "") + "\r\n";
    const std::string answers = raw(requests);
    std::size_t at = 0;
    for (int i = 0; i < 20; ++i) {
        const std::string id = "00000000-0000-4000-8000-0000000000" +
                               std::string(i < 10 ? "0" : "") + std::to_string(i);
        at = answers.find(id, at);
        ASSERT_NE(at, std::string::npos) << i;
    }
}

}  // namespace
}  // namespace taama::test
