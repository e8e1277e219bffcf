#include "modules/identity/sign_in.hpp"

#include "modules/identity/login.hpp"
#include "modules/identity/refresh.hpp"
#include "modules/identity/register.hpp"
#include "modules/identity/send_otp.hpp"
#include "modules/identity/verify_otp.hpp"
#include "tests/support/identity_bench.hpp"

namespace taama::identity {
namespace {

using test::bench_start;
using test::body;
using test::IdentityBench;

void run(Task<void> (*flow)(IdentityBench&)) {
    const test::TestDatabase database;
    database.run([flow](pg::Db& db) -> Task<void> {
        return [](pg::Db& on, Task<void> (*body)(IdentityBench&)) -> Task<void> {
            IdentityBench bench{on};
            co_await body(bench);
        }(db, flow);
    });
}

constexpr const char* registration =
    R"({"phone":"07 00 00 00 01","password":"mangue-verte-12","first_name":"Awa","last_name":"Koné"})";

Task<VerifyAnswer> verify(IdentityBench& bench, std::string text, UtcTime now) {
    http::Context context = bench.context_at(now);
    pg::Tx tx = co_await bench.db.begin();
    auto answer = co_await verify_otp(bench.deps, tx, context, {}, body<VerifyOtpIn>(text));
    co_await tx.commit();
    co_return answer;
}

// The account of the contract's example, signed in.
Task<VerifiedSession> awa(IdentityBench& bench) {
    co_await register_person(bench.deps, bench.context, {}, body<RegisterIn>(registration));
    const std::string code = co_await test::latest_code(bench);
    auto answer = co_await verify(
        bench, R"({"phone":"+2250700000001","purpose":"registration","code":")" + code + R"("})",
        bench_start);
    co_return std::get<http::Ok<VerifiedSession>>(answer).value;
}

// "" or the code of the refusal.
Task<std::string> try_login(IdentityBench& bench, std::string identifier, std::string password,
                            UtcTime now) {
    http::Context context = bench.context_at(now);
    try {
        co_await login(bench.deps, context, {},
                       body<LoginIn>(fmt::format(R"({{"identifier":"{}","password":"{}"}})",
                                                 identifier, password)));
        co_return "";
    } catch (const Refusal& refusal) {
        co_return std::string{refusal.code().code};
    }
}

TEST(Registration, FromPhoneToSession_S1_059) {
    run(+[](IdentityBench& bench) -> Task<void> {
        const VerifiedSession session = co_await awa(bench);
        EXPECT_TRUE(session.is_new);
        EXPECT_TRUE(session.password_set);
        EXPECT_EQ(session.user.phone, "+2250700000001");
        EXPECT_EQ(session.user.kyc.tier, 1);
        EXPECT_EQ(session.user.full_name, "Awa Koné");
        EXPECT_EQ(session.expires_in, 900);
        EXPECT_EQ(session.refresh_expires_in, 604'800);

        Authenticator authenticator{bench.deps};
        const auto caller = authenticator.bearer(session.access_token, bench_start + 1s);
        EXPECT_TRUE(caller.has_value());
        EXPECT_EQ(caller->account(), session.user.id);
        EXPECT_TRUE(authenticator.bearer(session.access_token, bench_start + 900s).error() ==
                    errors::token_expired);
        EXPECT_TRUE(authenticator.bearer(session.refresh_token, bench_start).error() ==
                    errors::auth_required);
        EXPECT_EQ(co_await try_login(bench, "07 00 00 00 01", "mangue-verte-12", bench_start), "");
    });
}

TEST(Registration, PasswordOfAnotherIsDropped) {
    run(+[](IdentityBench& bench) -> Task<void> {
        co_await register_person(bench.deps, bench.context, {}, body<RegisterIn>(registration));
        co_await register_person(
            bench.deps, bench.context, {},
            body<RegisterIn>(R"({"phone":"0700000001","password":"planted-by-them"})"));
        const std::string code = co_await test::latest_code(bench);
        auto answer = co_await verify(
            bench, R"({"phone":"0700000001","purpose":"registration","code":")" + code + R"("})",
            bench_start);
        EXPECT_FALSE(std::get<http::Ok<VerifiedSession>>(answer).value.password_set);
    });
}

Task<std::string> verify_word(IdentityBench& bench, std::string text) {
    try {
        auto answer = co_await verify(bench, std::move(text), bench_start);
        const auto* session = std::get_if<http::Ok<VerifiedSession>>(&answer);
        co_return session == nullptr ? "other" : session->value.user.id.to_string();
    } catch (const Refusal& refusal) {
        co_return std::string{refusal.code().code};
    }
}

TEST(Registration, TwoAtOnceAreOneAccount) {
    run(+[](IdentityBench& bench) -> Task<void> {
        std::vector<Task<std::string>> both;
        for (int i = 0; i < 2; ++i) {
            auto answer = co_await register_person(bench.deps, bench.context, {},
                                                   body<RegisterIn>(registration));
            const auto id =
                std::get<http::Accepted<VerificationView>>(answer).value.verification_id;
            both.push_back(
                verify_word(bench, fmt::format(R"({{"verification_id":"{}","code":"{}"}})",
                                               id.to_string(), co_await test::latest_code(bench))));
        }
        // The first right code ends the other; whoever is second signs in with a fresh one.
        auto answers = co_await test::together(std::move(both));
        EXPECT_EQ(answers["otp_expired"], 1);
        constexpr pg::Sql count{"test.accounts", "select count(*) from identity.accounts"};
        EXPECT_EQ(co_await test::scalar(bench.db, count), 1);
    });
}

TEST(Registration, UnknownFieldsAndBothContacts) {
    EXPECT_THROW(body<RegisterIn>(R"({"phone":"0700000001","email":"a@example.ci"})"), Refusal);
    EXPECT_THROW(body<RegisterIn>(R"({"phone":"0700000001","roles":["driver"]})"), Refusal);
    EXPECT_THROW(body<RegisterIn>(R"({"phone":"07000000"})"), Refusal);
    EXPECT_THROW(body<RegisterIn>(R"({"phone":"0700000001","first_name":"   "})"), Refusal);
    EXPECT_THROW(body<RegisterIn>(R"({"phone":"0700000001","birthdate":"2026-02-30"})"), Refusal);
}

Task<std::string> register_word(IdentityBench& bench, std::string text) {
    try {
        co_await register_person(bench.deps, bench.context, {}, body<RegisterIn>(text));
        co_return "";
    } catch (const Refusal& refusal) {
        co_return std::string{refusal.code().code};
    }
}

TEST(Registration, RefusedValues) {
    run(+[](IdentityBench& bench) -> Task<void> {
        for (const char* text :
             {R"({"phone":"0700000001","birthdate":"2026-10-03"})",
              R"({"phone":"0700000001","birthdate":"1850-01-01"})",
              R"({"phone":"0700000001","birthdate":"2010-10-03"})",
              R"({"phone":"0700000001","password":"azerty123"})", R"({"phone":"+33612345678"})"})
            EXPECT_EQ(co_await register_word(bench, text), "validation_error") << text;
        EXPECT_EQ(
            co_await register_word(bench, R"({"phone":"0700000001","birthdate":"2010-10-02"})"),
            "");
        EXPECT_EQ(
            co_await register_word(bench, R"({"verified_token":"vt_unknown","first_name":"😀"})"),
            "token_expired");
    });
}

// identity.md §5.3, cases 1 to 3, through the operation.
TEST(Login, Lockout_S1_061) {
    run(+[](IdentityBench& bench) -> Task<void> {
        co_await awa(bench);
        for (int i = 0; i < 5; ++i)
            EXPECT_EQ(
                co_await try_login(bench, "+2250700000001", "wrong", bench_start + Seconds{i}),
                "invalid_credentials");
        EXPECT_EQ(co_await try_login(bench, "+2250700000001", "mangue-verte-12", bench_start + 5s),
                  "account_locked");
        EXPECT_EQ(co_await try_login(bench, "+2250700000001", "mangue-verte-12",
                                     bench_start + 14min + 59s),
                  "account_locked");
        EXPECT_EQ(co_await try_login(bench, "+2250700000001", "mangue-verte-12",
                                     bench_start + 15min + 4s),
                  "");
    });
}

TEST(Login, NobodyIsToldWhoExists) {
    run(+[](IdentityBench& bench) -> Task<void> {
        co_await awa(bench);
        for (const char* unknown : {"+2250700000002", "nobody@example.ci", "nobody"}) {
            for (int i = 0; i < 5; ++i)
                EXPECT_EQ(co_await try_login(bench, unknown, "wrong", bench_start),
                          "invalid_credentials");
            EXPECT_EQ(co_await try_login(bench, unknown, "wrong", bench_start), "account_locked");
        }
    });
}

TEST(Login, ParallelGuessesAreCounted) {
    run(+[](IdentityBench& bench) -> Task<void> {
        std::vector<Task<std::string>> guesses;
        for (int i = 0; i < 20; ++i)
            guesses.push_back(try_login(bench, "0700000003", "wrong", bench_start));
        auto answers = co_await test::together(std::move(guesses));
        EXPECT_EQ(answers["invalid_credentials"], 5);
        EXPECT_EQ(answers["account_locked"], 15);
    });
}

Task<std::string> try_refresh(IdentityBench& bench, std::string token) {
    std::optional<std::string> refused;
    http::Context context = bench.context_at(bench_start + 1min);
    pg::Tx tx = co_await bench.db.begin();
    try {
        auto answer =
            co_await refresh_session(bench.deps, tx, context, {},
                                     body<RefreshIn>(R"({"refresh_token":")" + token + R"("})"));
        co_await tx.commit();
        co_return "ok " + answer.value.refresh_token;
    } catch (const Refusal& refusal) {
        if (!refusal.keeps_effects()) co_return std::string{refusal.code().code};
        refused = refusal.code().code;
    }
    co_await tx.commit();
    co_return *refused;
}

Task<std::string> refresh_word(IdentityBench& bench, std::string token) {
    const std::string text = co_await try_refresh(bench, std::move(token));
    co_return text.substr(0, text.find(' '));
}

// Case 9.
TEST(Refresh, ReuseClosesTheSession_S1_060) {
    run(+[](IdentityBench& bench) -> Task<void> {
        const VerifiedSession session = co_await awa(bench);
        const std::string second = (co_await try_refresh(bench, session.refresh_token)).substr(3);
        EXPECT_EQ(co_await refresh_word(bench, session.refresh_token), "token_revoked");
        EXPECT_EQ(co_await refresh_word(bench, second), "token_revoked");
        Authenticator authenticator{bench.deps};
        EXPECT_TRUE(authenticator.bearer(session.access_token, bench_start + 1min).error() ==
                    errors::token_revoked);
        EXPECT_EQ(co_await refresh_word(bench, session.access_token.substr(0, 60)),
                  "token_revoked");
    });
}

TEST(Refresh, HundredAtOnce_S1_060) {
    run(+[](IdentityBench& bench) -> Task<void> {
        const VerifiedSession session = co_await awa(bench);
        std::vector<Task<std::string>> refreshes;
        for (int i = 0; i < 100; ++i)
            refreshes.push_back(refresh_word(bench, session.refresh_token));
        auto answers = co_await test::together(std::move(refreshes));
        EXPECT_EQ(answers["ok"], 1);
        EXPECT_EQ(answers["token_revoked"], 99);
        constexpr pg::Sql open{"test.open_sessions",
                               "select count(*) from identity.sessions where revoked_at is null"};
        EXPECT_EQ(co_await test::scalar(bench.db, open), 0);
        EXPECT_TRUE(bench.revoked_sessions.contains(session.session_id));
    });
}

TEST(Sessions, AnotherNodeLearnsOfRevocation) {
    run(+[](IdentityBench& bench) -> Task<void> {
        const VerifiedSession session = co_await awa(bench);
        co_await refresh_word(bench, session.refresh_token);
        co_await refresh_word(bench, session.refresh_token);
        RevokedSessions other;
        co_await other.reload(bench.db, bench_start + 2min);
        EXPECT_TRUE(other.contains(session.session_id));
        // Tokens of that time are dead by themselves: two readings later it is forgotten.
        co_await other.reload(bench.db, bench_start + 10h);
        co_await other.reload(bench.db, bench_start + 10h);
        co_await other.reload(bench.db, bench_start + 10h);
        EXPECT_FALSE(other.contains(session.session_id));
    });
}

// §5.6: half a year later the number may be somebody else's.
TEST(Dormant, NumberThatWasSold_F) {
    run(+[](IdentityBench& bench) -> Task<void> {
        const VerifiedSession former = co_await awa(bench);
        const UtcTime later = bench_start + std::chrono::days{181};
        http::Context context = bench.context_at(later);
        pg::Tx asking = co_await bench.db.begin();
        co_await send_otp(bench.deps, asking, context, {},
                          body<SendOtpIn>(R"({"phone":"0700000001"})"));
        co_await asking.commit();
        const std::string code = co_await test::latest_code(bench);

        std::string token;
        pg::Tx tx = co_await bench.db.begin();
        try {
            co_await verify_otp(
                bench.deps, tx, context, {},
                body<VerifyOtpIn>(R"({"phone":"0700000001","code":")" + code + R"("})"));
        } catch (const Refusal& refusal) {
            EXPECT_EQ(refusal.code().code, "recovery_required");
            token = refusal.details().at("verified_token").as_string();
        }
        co_await tx.commit();

        auto answer = co_await register_person(
            bench.deps, context, {},
            body<RegisterIn>(R"({"verified_token":")" + token +
                             R"(","replace_dormant":true,"first_name":"Yao"})"));
        const auto& fresh = std::get<http::Created<UserTokens>>(answer).value;
        EXPECT_NE(fresh.user.id, former.user.id);
        EXPECT_EQ(fresh.user.phone, "+2250700000001");
        const auto left = co_await find_me(bench.deps, bench.db, former.user.id, {});
        EXPECT_EQ(left->phone, std::nullopt);
        EXPECT_EQ(left->kyc.tier, 0);
    });
}

}  // namespace
}  // namespace taama::identity
