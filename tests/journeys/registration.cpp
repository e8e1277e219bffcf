// Registration and one-time codes (identity contract, 4.1 and 5.2).

#include <gtest/gtest.h>

#include <set>

#include "tests/journeys/deals.hpp"

namespace taama::test {
namespace {

using namespace std::chrono_literals;
namespace json = boost::json;

Response send_code(HttpClient& http, const std::string& phone, std::string_view purpose = "login") {
    return http.post("/api/v1/auth/otp/send", json::object{{"phone", phone}, {"purpose", purpose}});
}
Response verify(HttpClient& http, const std::string& phone, const std::string& code,
                std::string_view purpose = "login") {
    return http.post("/api/v1/auth/otp/verify",
                     json::object{{"phone", phone}, {"code", code}, {"purpose", purpose}});
}
std::string another(const std::string& code) { return code == "000000" ? "111111" : "000000"; }

TEST(Registration, ByPhone_S1_059_S2_017_S2_019_S3_022) {
    auto& server = shared_server();
    auto http = server.client();
    const std::string phone = unique_phone();
    std::string national = phone.substr(4);
    for (const auto at : {2, 5, 8, 11}) national.insert(at, " ");

    const Response asked =
        http.post("/api/v1/auth/register",
                  json::object{{"phone", national}, {"password", password}, {"first_name", "Awa"}});
    ASSERT_EQ(asked.status, 202) << asked.brief();
    EXPECT_EQ(asked.text("/data/channel"), "sms");
    EXPECT_EQ(asked.text("/data/purpose"), "registration");
    EXPECT_EQ(asked.integer("/data/resend_after_seconds"), 30);
    EXPECT_EQ(asked.integer("/data/sends_left"), 2);
    EXPECT_EQ(asked.text("/data/destination_masked"),
              "+225 •• •• •• " + phone.substr(10, 2) + " " + phone.substr(12));

    std::string code = code_sent_to(server, phone);
    code.insert(3, " ");  // as people type it
    const Response verified = verify(http, phone, code, "registration");
    ASSERT_EQ(verified.status, 200) << verified.brief();
    EXPECT_TRUE(verified.flag("/data/is_new"));
    EXPECT_EQ(verified.text("/data/token_type"), "Bearer");
    EXPECT_EQ(verified.integer("/data/expires_in"), 900);
    EXPECT_EQ(verified.integer("/data/refresh_expires_in"), 604'800);
    EXPECT_EQ(verified.text("/data/user/phone"), phone);
    EXPECT_EQ(verified.integer("/data/user/kyc/tier"), 1);
    EXPECT_TRUE(verified.text("/data/refresh_token").starts_with("rt_"));
    EXPECT_TRUE(verified.header("Set-Cookie").starts_with("taama_session=cs_"));
    EXPECT_TRUE(verified.header("Set-Cookie").contains("HttpOnly"));

    const Response login =
        http.post("/api/v1/auth/login", json::object{{"phone", phone}, {"password", password}});
    EXPECT_EQ(login.status, 200) << login.brief();
}

TEST(Registration, ByEmail_S1_059) {
    auto& server = shared_server();
    auto http = server.client();
    const std::string email = unique_email();
    const Response asked = http.post("/api/v1/auth/register", json::object{{"email", email}});
    ASSERT_EQ(asked.status, 202) << asked.brief();
    EXPECT_EQ(asked.text("/data/channel"), "email");
    const Response verified =
        http.post("/api/v1/auth/email/verify",
                  json::object{{"email", email}, {"code", code_sent_to(server, email)}});
    ASSERT_EQ(verified.status, 200) << verified.brief();
    EXPECT_EQ(verified.integer("/data/user/kyc/tier"), 0) << "no phone yet";
}

TEST(Registration, UnknownPhoneSignsInAndGoesOn_S1_063) {
    auto& server = shared_server();
    auto http = server.client();
    const std::string phone = unique_phone();
    ASSERT_EQ(send_code(http, phone).status, 202);
    const Response verified = verify(http, phone, code_sent_to(server, phone));
    ASSERT_EQ(verified.status, 200) << verified.brief();
    EXPECT_FALSE(verified.flag("/data/account_exists"));
    const Response made =
        http.post("/api/v1/auth/register",
                  json::object{{"verified_token", verified.text("/data/verified_token")}});
    EXPECT_EQ(made.status, 201) << made.brief();
    EXPECT_EQ(made.text("/data/user/phone"), phone);
    EXPECT_EQ(http.post("/api/v1/auth/register",
                        json::object{{"verified_token", verified.text("/data/verified_token")}})
                      .status /
                  100,
              4)
        << "good for one act";
}

TEST(Registration, KnownAndUnknownLookTheSame_P2) {
    auto& server = shared_server();
    auto http = server.client();
    const Person known = sign_up(server);
    for (const char* path : {"/api/v1/auth/otp/send", "/api/v1/auth/password/forgot"}) {
        json::object one{{"phone", known.phone}};
        json::object other{{"phone", unique_phone()}};
        const Response a = http.post(path, one);
        const Response b = http.post(path, other);
        EXPECT_EQ(a.status, 202) << a.brief();
        EXPECT_EQ(a.status, b.status);
        std::set<std::string> fields_a;
        std::set<std::string> fields_b;
        for (const auto& field : a.at("/data").as_object()) fields_a.emplace(field.key());
        for (const auto& field : b.at("/data").as_object()) fields_b.emplace(field.key());
        EXPECT_EQ(fields_a, fields_b);
    }
    const json::object wrong{{"phone", known.phone}, {"password", "not-the-password"}};
    const json::object nobody{{"phone", unique_phone()}, {"password", "not-the-password"}};
    EXPECT_EQ(http.post("/api/v1/auth/login", wrong).code(), "invalid_credentials");
    EXPECT_EQ(http.post("/api/v1/auth/login", nobody).code(), "invalid_credentials");
}

TEST(Registration, BadInput_S1_030) {
    auto& server = shared_server();
    auto http = server.client();
    struct Case {
        const char* name;
        json::object body;
        std::vector<std::string> fields;
    };
    const std::string phone = unique_phone();
    const Case cases[] = {
        {"both", {{"phone", phone}, {"email", "a@b.ci"}}, {}},
        {"neither", {{"first_name", "Awa"}}, {}},
        {"fields that nobody may assign",
         {{"phone", phone}, {"roles", {"driver"}}, {"kyc_tier", 3}, {"is_active", true}},
         {"roles", "kyc_tier", "is_active"}},
        {"old eight digits", {{"phone", "07000000"}}, {"phone"}},
        {"short password", {{"phone", phone}, {"password", "kort"}}, {"password"}},
        {"password of a mebibyte",
         {{"phone", phone}, {"password", std::string(200'000, 'x')}},
         {"password"}},
        {"common password", {{"phone", phone}, {"password", "password123"}}, {"password"}},
        {"zero byte in a name",
         {{"phone", phone}, {"first_name", std::string("A\0a", 3)}},
         {"first_name"}},
        {"name of spaces", {{"phone", phone}, {"first_name", "   "}}, {"first_name"}},
        {"no such day", {{"phone", phone}, {"birthdate", "2026-02-30"}}, {"birthdate"}},
        {"1850", {{"phone", phone}, {"birthdate", "1850-01-01"}}, {"birthdate"}},
        {"unborn", {{"phone", phone}, {"birthdate", "2999-01-01"}}, {"birthdate"}},
        {"type", {{"phone", 22501}, {"first_name", true}}, {"phone", "first_name"}},
    };
    for (const Case& c : cases) {
        SCOPED_TRACE(c.name);
        const Response refused = http.post("/api/v1/auth/register", c.body);
        EXPECT_EQ(refused.code(), "validation_error") << refused.brief();
        for (const std::string& field : c.fields)
            EXPECT_TRUE(refused.has("/error/details/fields/" + field)) << refused.brief();
    }
    EXPECT_EQ(
        http.post("/api/v1/auth/register", json::object{{"phone", phone}, {"first_name", "Awa 🌍"}})
            .status,
        202);
}

TEST(OneTimeCode, AttemptsRunOut_Example7) {
    auto& server = shared_server();
    auto http = server.client();
    const Person person = sign_up(server);
    ASSERT_EQ(send_code(http, person.phone).status, 202);
    const std::string code = code_sent_to(server, person.phone, 2);
    for (const int left : {2, 1, 0}) {
        const Response wrong = verify(http, person.phone, another(code));
        EXPECT_EQ(wrong.code(), "otp_invalid");
        EXPECT_EQ(wrong.integer("/error/details/attempts_left"), left);
    }
    EXPECT_EQ(verify(http, person.phone, code).code(), "otp_expired");
}

TEST(OneTimeCode, TimesOfSending_Examples4And5And6) {
    ServerProcess server;
    auto http = server.client();
    const std::string phone = unique_phone();
    ASSERT_EQ(send_code(http, phone).status, 202);
    // Each message has left before the clock goes on: one that is late by its code's life never
    // does.
    const std::string first = code_sent_to(server, phone);
    advance_clock(server, 60s);
    ASSERT_EQ(send_code(http, phone).status, 202);
    code_sent_to(server, phone, 2);
    advance_clock(server, 60s);
    ASSERT_EQ(send_code(http, phone).status, 202);
    code_sent_to(server, phone, 3);
    advance_clock(server, 170s);
    EXPECT_EQ(verify(http, phone, first).status, 200) << "late, but within its five minutes";
    const Response fourth = send_code(http, phone);
    EXPECT_EQ(fourth.code(), "rate_limited");
    EXPECT_NEAR(std::stoi(fourth.header("Retry-After")), 310, 5);

    advance_clock(server, 320s);
    ASSERT_EQ(send_code(http, phone).status, 202);
    const std::string old = code_sent_to(server, phone, 4);
    advance_clock(server, 301s);
    EXPECT_EQ(verify(http, phone, old).code(), "otp_expired");
}

TEST(OneTimeCode, TwoAtOnceOneSession) {
    auto& server = shared_server();
    auto http = server.client();
    const Person person = sign_up(server);
    ASSERT_EQ(send_code(http, person.phone).status, 202);
    const std::string code = code_sent_to(server, person.phone, 2);
    const auto answers = at_once(2, [&](int) {
        auto own = server.client();
        return verify(own, person.phone, code);
    });
    EXPECT_EQ(count_status(answers, 200), 1);
    EXPECT_EQ(count_status(answers, 422), 1);
}

TEST(OneTimeCode, ManyGuessesAtOnceFewAreEvaluated) {
    auto& server = shared_server();
    auto http = server.client();
    const Person person = sign_up(server);
    ASSERT_EQ(send_code(http, person.phone).status, 202);
    const std::string code = code_sent_to(server, person.phone, 2);
    const auto answers = at_once(60, [&](int guess) {
        auto own = server.client();
        const std::string text = std::to_string(100'000 + guess);
        return verify(own, person.phone, text == code ? another(code) : text);
    });
    int evaluated = 0;
    for (const Response& answer : answers) {
        EXPECT_TRUE(answer.status == 422 || answer.status == 429) << answer.brief();
        if (answer.code() == "otp_invalid") ++evaluated;
    }
    EXPECT_LE(evaluated, 3);
    EXPECT_EQ(verify(http, person.phone, code).status / 100, 4) << "the code is dead";
}

TEST(Registration, TwoPendingOfOnePhone) {
    auto& server = shared_server();
    auto http = server.client();
    const std::string phone = unique_phone();
    const auto asked = [&](const char* secret) {
        return http.post("/api/v1/auth/register",
                         json::object{{"phone", phone}, {"password", secret}});
    };
    ASSERT_EQ(asked("planted-by-another-9").status, 202);
    ASSERT_EQ(asked("mangue-verte-12").status, 202);
    const Response verified = verify(http, phone, code_sent_to(server, phone, 2), "registration");
    ASSERT_EQ(verified.status, 200) << verified.brief();
    EXPECT_FALSE(verified.flag("/data/password_set"));
    EXPECT_EQ(http.post("/api/v1/auth/login",
                        json::object{{"phone", phone}, {"password", "planted-by-another-9"}})
                  .code(),
              "invalid_credentials");
}

}  // namespace
}  // namespace taama::test
