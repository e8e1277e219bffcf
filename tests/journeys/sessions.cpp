// Login, lockout, tokens, cookies, sessions (identity contract, 4.2, 5.3 and 7).

#include <gtest/gtest.h>

#include "tests/journeys/deals.hpp"

namespace taama::test {
namespace {

using namespace std::chrono_literals;
namespace json = boost::json;

Response login(HttpClient& http, const std::string& phone, std::string_view secret = password) {
    return http.post("/api/v1/auth/login",
                     json::object{{"identifier", phone}, {"password", secret}});
}
Response refresh(HttpClient& http, const std::string& token, HeaderList headers = {}) {
    return http.post("/api/v1/auth/token/refresh", json::object{{"refresh_token", token}},
                     std::move(headers));
}
int me(HttpClient& http, const std::string& token) {
    return http.get("/api/v1/me", {{"Authorization", "Bearer " + token}}).status;
}
std::string cookie_of(const Response& response) {
    const std::string cookie = response.header("Set-Cookie");
    return cookie.substr(0, cookie.find(';'));
}

TEST(Login, LockoutGrows_Examples1To3_S1_061) {
    ServerProcess server;
    const Person person = sign_up_with_password(server);
    auto http = server.client();
    for (int i = 0; i < 5; ++i)
        EXPECT_EQ(login(http, person.phone, "wrong-password").code(), "invalid_credentials");
    const Response locked = login(http, person.phone);
    EXPECT_EQ(locked.code(), "account_locked") << "the password is not even tried";
    EXPECT_NEAR(std::stoi(locked.header("Retry-After")), 899, 10);
    EXPECT_NEAR(static_cast<double>(locked.integer("/error/details/retry_after_s")), 899, 10);
    EXPECT_EQ(login(http, unique_phone()).code(), "invalid_credentials") << "only that identifier";

    advance_clock(server, 14min);
    EXPECT_EQ(login(http, person.phone).code(), "account_locked");
    advance_clock(server, 62s);
    for (int i = 0; i < 5; ++i) login(http, person.phone, "wrong-password");
    EXPECT_NEAR(std::stoi(login(http, person.phone).header("Retry-After")), 1799, 10)
        << "level 1: 30 minutes";
    advance_clock(server, 31min);
    EXPECT_EQ(login(http, person.phone).status, 200);
    for (int i = 0; i < 5; ++i) login(http, person.phone, "wrong-password");
    EXPECT_NEAR(std::stoi(login(http, person.phone).header("Retry-After")), 899, 10)
        << "a good login put the level back";
}

TEST(Login, UnknownIdentifiersLockToo_P2) {
    auto& server = shared_server();
    auto http = server.client();
    const std::string nobody = unique_phone();
    for (int i = 0; i < 5; ++i)
        EXPECT_EQ(login(http, nobody, "wrong-password").code(), "invalid_credentials");
    EXPECT_EQ(login(http, nobody, "wrong-password").code(), "account_locked");
}

TEST(Login, CodeClearsTheLock) {
    auto& server = shared_server();
    const Person person = sign_up_with_password(server);
    auto http = server.client();
    for (int i = 0; i < 5; ++i) login(http, person.phone, "wrong-password");
    EXPECT_EQ(login(http, person.phone).code(), "account_locked");
    ASSERT_EQ(http.post("/api/v1/auth/otp/send", json::object{{"phone", person.phone}}).status,
              202);
    ASSERT_EQ(http.post("/api/v1/auth/otp/verify",
                        json::object{{"phone", person.phone},
                                     {"code", code_sent_to(server, person.phone, 2)}})
                  .status,
              200);
    EXPECT_EQ(login(http, person.phone).status, 200);
}

TEST(Tokens, RefreshRotatesAndReuseEndsTheSession_Example9_S2_028) {
    auto& server = shared_server();
    const Person person = sign_up(server);
    auto http = server.client();
    const Response second = refresh(http, person.refresh_token);
    ASSERT_EQ(second.status, 200) << second.brief();
    EXPECT_NE(second.text("/data/refresh_token"), person.refresh_token);
    EXPECT_EQ(second.text("/data/session_id"), person.session_id);
    EXPECT_EQ(me(http, second.text("/data/access_token")), 200);

    EXPECT_EQ(refresh(http, person.refresh_token).code(), "token_revoked");
    EXPECT_EQ(refresh(http, second.text("/data/refresh_token")).status, 401);
    EXPECT_EQ(me(http, second.text("/data/access_token")), 401);
    EXPECT_EQ(me(http, person.access_token), 401);
}

TEST(Tokens, LostAnswerIsReplayed_Example10_F11) {
    auto& server = shared_server();
    const Person person = sign_up(server);
    auto http = server.client();
    const HeaderList once = key();
    const Response first = refresh(http, person.refresh_token, once);
    const Response again = refresh(http, person.refresh_token, once);
    ASSERT_EQ(again.status, 200) << again.brief();
    EXPECT_EQ(again.header("Idempotent-Replayed"), "true");
    EXPECT_EQ(again.text("/data/refresh_token"), first.text("/data/refresh_token"));
    EXPECT_EQ(me(http, first.text("/data/access_token")), 200) << "the session lives";
}

TEST(Tokens, HundredRefreshesAtOnceOneWins) {
    auto& server = shared_server();
    const Person person = sign_up(server);
    const auto answers = at_once(100, [&](int) {
        auto http = server.client();
        return refresh(http, person.refresh_token);
    });
    EXPECT_EQ(count_status(answers, 200), 1);
    EXPECT_EQ(count_status(answers, 401), 99);
    auto http = server.client();
    EXPECT_EQ(me(http, person.access_token), 401) << "revoked afterwards";
}

TEST(Tokens, EachKindOnlyWhereItBelongs) {
    auto& server = shared_server();
    Person person = sign_up(server);
    Person compliance = staff(server, "compliance");
    auto http = server.client();
    EXPECT_EQ(me(http, person.refresh_token), 401);
    EXPECT_EQ(refresh(http, person.access_token).status, 401);
    EXPECT_EQ(person.http.get("/api/v1/admin/kyc").code(), "forbidden");
    EXPECT_EQ(http.get("/api/v1/admin/kyc").status, 401);
    EXPECT_EQ(compliance.http.get("/api/v1/bookings").code(), "forbidden");
    EXPECT_EQ(compliance.http.get("/api/v1/me").text("/data/role"), "compliance");
}

TEST(Tokens, ForgedOnesAreRefusedWithoutDetail) {
    auto& server = shared_server();
    const Person person = sign_up(server);
    auto http = server.client();
    const std::string& token = person.access_token;
    const auto first = token.find('.');
    const auto last = token.rfind('.');
    const std::string payload = token.substr(first, last - first);
    // {"alg":"none","typ":"at+jwt"}; {"alg":"RS256","typ":"at+jwt","kid":"../../etc/passwd"}
    const std::string none = "eyJhbGciOiJub25lIiwidHlwIjoiYXQrand0In0";
    const std::string path =
        "eyJhbGciOiJSUzI1NiIsInR5cCI6ImF0K2p3dCIsImtpZCI6Ii4uLy4uL2V0Yy9wYXNzd2QifQ";
    const std::string forged[] = {
        "",
        "x",
        "a.b.c",
        none + payload + ".",
        path + payload + token.substr(last),
        token.substr(0, token.size() - 2) + (token.ends_with("A") ? "BB" : "AA"),
        token + "." + token,
        std::string(9000, 'a'),
    };
    for (const std::string& bad : forged) {
        const Response refused = http.get("/api/v1/me", {{"Authorization", "Bearer " + bad}});
        EXPECT_EQ(refused.status, 401) << bad.substr(0, 60);
        EXPECT_EQ(refused.code(), "auth_required") << refused.brief();
    }
}

TEST(Tokens, Expire_S2_027) {
    ServerProcess server;
    Person person = sign_up(server);
    advance_clock(server, 14min + 50s);
    EXPECT_EQ(person.http.get("/api/v1/me").status, 200);
    advance_clock(server, 11s);
    EXPECT_EQ(person.http.get("/api/v1/me").code(), "token_expired");
    person.renew();
    EXPECT_EQ(person.http.get("/api/v1/me").status, 200);
    advance_clock(server, 24h * 8);
    auto http = server.client();
    EXPECT_EQ(refresh(http, person.refresh_token).code(), "token_expired");
}

TEST(Cookie, NeedsItsOwnCsrfToken_S4_036) {
    auto& server = shared_server();
    const Person person = sign_up_with_password(server);
    const Person other = sign_up(server);
    auto http = server.client();
    const Response signed_in = login(http, person.phone);
    const HeaderList cookie{{"Cookie", cookie_of(signed_in)}};
    EXPECT_EQ(http.get("/api/v1/me", cookie).text("/data/session/csrf_token"),
              signed_in.text("/data/csrf_token"));

    const json::object change{{"first_name", "Aya"}};
    EXPECT_EQ(http.patch("/api/v1/me", change, cookie).code(), "csrf_invalid");
    HeaderList foreign = cookie;
    foreign.emplace_back("X-CSRF-Token", other.csrf_token);
    EXPECT_EQ(http.patch("/api/v1/me", change, foreign).code(), "csrf_invalid");
    HeaderList own = cookie;
    own.emplace_back("X-CSRF-Token", signed_in.text("/data/csrf_token"));
    EXPECT_EQ(http.patch("/api/v1/me", change, own).status, 200);

    EXPECT_EQ(http.post("/api/v1/auth/logout", json::object{}, own).status, 204);
    EXPECT_EQ(http.get("/api/v1/me", cookie).status, 401);
}

// A reloaded page finds its CSRF token again, of people and of staff.
TEST(Cookie, OwnSessionIsShownWithItsToken_S4_036) {
    auto& server = shared_server();
    staff(server, "support");
    auto http = server.client();
    const Response signed_in = http.post(
        "/api/v1/admin/login", json::object{{"username", "support"}, {"password", password}});
    ASSERT_EQ(signed_in.status, 200) << signed_in.brief();
    const Response me = http.get("/api/v1/me", {{"Cookie", cookie_of(signed_in)}});
    EXPECT_EQ(me.text("/data/session/csrf_token"), signed_in.text("/data/csrf_token"));
    for (const char* field : {"id", "kind", "auth_time", "expires_at"})
        EXPECT_EQ(me.at("/data/session/" + std::string{field}),
                  signed_in.at("/data/user/session/" + std::string{field}))
            << field;
}

TEST(Staff, ChangeTheirLanguageAndNothingElse) {
    Person agent = staff(shared_server(), "support");
    const Response changed = agent.http.patch("/api/v1/me", json::object{{"language", "en"}});
    EXPECT_EQ(changed.text("/data/language"), "en") << changed.brief();
    EXPECT_EQ(changed.header("ETag"), agent.http.get("/api/v1/me").header("ETag"));
    EXPECT_EQ(agent.http.patch("/api/v1/me", json::object{{"first_name", "Awa"}}).code(),
              "validation_error");
    EXPECT_EQ(agent.http.patch("/api/v1/me", json::object{{"role", "super"}}).code(),
              "validation_error");
    agent.http.patch("/api/v1/me", json::object{{"language", "fr"}});
}

TEST(Password, ForgottenAndReset_S1_062_S2_021) {
    auto& server = shared_server();
    const Person person = sign_up_with_password(server);
    auto http = server.client();
    ASSERT_EQ(
        http.post("/api/v1/auth/password/forgot", json::object{{"phone", person.phone}}).status,
        202);
    const std::string code = code_sent_to(server, person.phone, 2);
    EXPECT_EQ(
        http.post("/api/v1/auth/otp/verify", json::object{{"phone", person.phone}, {"code", code}})
                .status /
            100,
        4)
        << "not for signing in";
    const Response reset = http.post(
        "/api/v1/auth/password/reset",
        json::object{{"phone", person.phone}, {"code", code}, {"new_password", "papaye-mûre-34"}});
    EXPECT_EQ(reset.status, 204) << reset.brief();
    EXPECT_EQ(me(http, person.access_token), 401) << "all sessions are revoked";
    EXPECT_EQ(login(http, person.phone).code(), "invalid_credentials");
    EXPECT_EQ(login(http, person.phone, "papaye-mûre-34").status, 200);
}

TEST(Password, ChangedByItsOwner) {
    auto& server = shared_server();
    Person person = sign_up_with_password(server);
    auto http = server.client();
    const Response elsewhere = login(http, person.phone);
    const auto change = [&](const char* current) {
        return person.http.put(
            "/api/v1/me/password",
            json::object{{"current_password", current}, {"new_password", "papaye-mûre-34"}});
    };
    EXPECT_EQ(change("not-mine-at-all").code(), "invalid_credentials");
    EXPECT_EQ(change(password).status, 204);
    EXPECT_EQ(person.http.get("/api/v1/me").status, 200);
    EXPECT_EQ(me(http, elsewhere.text("/data/access_token")), 401) << "other sessions end";
}

TEST(Sessions, ListedAndRevoked_S2_030) {
    auto& server = shared_server();
    Person person = sign_up_with_password(server);
    auto http = server.client();
    const Response second = http.post(
        "/api/v1/auth/login",
        json::object{
            {"phone", person.phone},
            {"password", password},
            {"device", {{"id", "d-2"}, {"name", "Tecno Spark"}, {"platform", "android"}}}});
    const Response listed = person.http.get("/api/v1/me/sessions");
    ASSERT_EQ(listed.items().size(), 2U);
    const Response page = person.http.get("/api/v1/me/sessions?page=2&page_size=1");
    EXPECT_EQ(page.items().size(), 1U);
    EXPECT_EQ(page.integer("/meta/pagination/total"), 2);
    const std::string path = "/api/v1/me/sessions/" + second.text("/data/session_id");
    EXPECT_EQ(person.http.del(path).status, 204);
    EXPECT_EQ(me(http, second.text("/data/access_token")), 401) << "at once on this node";

    const Response third = login(http, person.phone);
    EXPECT_EQ(person.http.del("/api/v1/me/sessions").status, 204);
    EXPECT_EQ(me(http, third.text("/data/access_token")), 401);
    EXPECT_EQ(person.http.get("/api/v1/me").status, 200) << "all but the current one";
    Person stranger = sign_up(server);
    EXPECT_EQ(stranger.http.del("/api/v1/me/sessions/" + person.session_id).status, 404);
}

TEST(Sessions, LogoutAll) {
    auto& server = shared_server();
    Person person = sign_up_with_password(server);
    auto http = server.client();
    const Response second = login(http, person.phone);
    EXPECT_EQ(person.http.post("/api/v1/auth/logout", json::object{{"all", true}}).status, 204);
    EXPECT_EQ(me(http, person.access_token), 401);
    EXPECT_EQ(me(http, second.text("/data/access_token")), 401);
    EXPECT_EQ(http.post("/api/v1/auth/logout", json::object{}).status, 204) << "always";
}

}  // namespace
}  // namespace taama::test
