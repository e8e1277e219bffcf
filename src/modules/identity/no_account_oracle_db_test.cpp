// Whoever asks about a number learns nothing: somebody's and nobody's get the same answers for the
// same work. The work that shows in the time is Argon2id, so that it is counted here, where the
// program calls libsodium.

#include <dlfcn.h>
#include <sodium.h>

#include <mutex>

#include "modules/identity/change_password.hpp"
#include "modules/identity/login.hpp"
#include "modules/identity/register.hpp"
#include "modules/identity/send_otp.hpp"
#include "modules/identity/staff_accounts.hpp"
#include "modules/identity/verify_otp.hpp"
#include "tests/support/identity_bench.hpp"

namespace {

struct Hashing {
    unsigned long long passes;
    std::size_t memory_bytes;
    bool operator==(const Hashing&) const = default;
};

// The pool's threads write it.
struct Hashings {
    std::mutex mutex;
    std::vector<Hashing> done;
};
Hashings& hashings() {
    static Hashings all;
    return all;
}

void note(Hashing hashing) {
    const std::scoped_lock lock{hashings().mutex};
    hashings().done.push_back(hashing);
}

template <class Function>
Function* real(const char* name) {
    return reinterpret_cast<Function*>(dlsym(RTLD_NEXT, name));
}

// "$argon2id$v=19$m=19456,t=2,p=1$…"
unsigned long long parameter_of(std::string_view hash, std::string_view name) {
    const auto at = hash.find(name);
    return at == std::string_view::npos
               ? 0
               : std::strtoull(hash.data() + at + name.size(), nullptr, 10);
}

}  // namespace

// In place of libsodium's for this program.
extern "C" {

int crypto_pwhash(unsigned char* out, unsigned long long out_size, const char* password,
                  unsigned long long password_size, const unsigned char* salt,
                  unsigned long long passes, std::size_t memory_bytes, int algorithm) {
    note({passes, memory_bytes});
    return real<decltype(crypto_pwhash)>("crypto_pwhash")(out, out_size, password, password_size,
                                                          salt, passes, memory_bytes, algorithm);
}

int crypto_pwhash_str_alg(char* out, const char* password, unsigned long long password_size,
                          unsigned long long passes, std::size_t memory_bytes, int algorithm) {
    note({passes, memory_bytes});
    return real<decltype(crypto_pwhash_str_alg)>("crypto_pwhash_str_alg")(
        out, password, password_size, passes, memory_bytes, algorithm);
}

int crypto_pwhash_str_verify(const char* hash, const char* password,
                             unsigned long long password_size) {
    note({parameter_of(hash, "t="), parameter_of(hash, "m=") * 1024});
    return real<decltype(crypto_pwhash_str_verify)>("crypto_pwhash_str_verify")(hash, password,
                                                                                password_size);
}
}

namespace taama::identity {
namespace {

using test::body;
using test::IdentityBench;

// What a stranger sees and what it cost.
struct Seen {
    std::string answer;
    std::vector<Hashing> work;
};

std::string text_of(const VerificationView& view) {
    return fmt::format("{} {} {} {} {}", boost::describe::enum_to_string(view.channel, ""),
                       view.destination_masked, boost::describe::enum_to_string(view.purpose, ""),
                       to_string(view.expires_at), view.sends_left);
}

template <class Operation>
Task<Seen> look(Operation operation) {
    hashings().done.clear();
    Seen seen;
    try {
        seen.answer = co_await operation();
    } catch (const Refusal& refusal) {
        seen.answer =
            fmt::format("{} {}", refusal.code().code, boost::json::serialize(refusal.details()));
    }
    seen.work = hashings().done;
    co_return seen;
}

// What can be asked about a phone number, each with its wrong proof.
enum class Question {
    login,
    login_by_identifier,
    registration,
    code_to_sign_in,
    code_to_register,
    code_to_reset,
    forgotten_password,
    wrong_code_to_sign_in,
    wrong_code_to_reset,
};

Task<std::string> send(IdentityBench& bench, http::Context& context, std::string phone,
                       std::string purpose) {
    pg::Tx tx = co_await bench.db.begin();
    const auto sent = co_await send_otp(
        bench.deps, tx, context, {},
        body<SendOtpIn>(fmt::format(R"({{"phone":"{}","purpose":"{}"}})", phone, purpose)));
    co_await tx.commit();
    co_return text_of(sent.value);
}

Task<std::string> ask(IdentityBench& bench, Question question, std::string phone, UtcTime now) {
    http::Context context = bench.context_at(now);
    switch (question) {
        case Question::login:
        case Question::login_by_identifier:
            co_await login(bench.deps, context, {},
                           body<LoginIn>(fmt::format(
                               R"({{"{}":"{}","password":"not-the-password"}})",
                               question == Question::login ? "phone" : "identifier", phone)));
            co_return "signed in";
        case Question::registration: {
            const auto answer = co_await register_person(
                bench.deps, context, {},
                body<RegisterIn>(
                    fmt::format(R"({{"phone":"{}","password":"mangue-verte-12"}})", phone)));
            co_return text_of(std::get<http::Accepted<VerificationView>>(answer).value);
        }
        case Question::code_to_sign_in: co_return co_await send(bench, context, phone, "login");
        case Question::code_to_register:
            co_return co_await send(bench, context, phone, "registration");
        case Question::code_to_reset:
            co_return co_await send(bench, context, phone, "password_reset");
        case Question::forgotten_password: {
            pg::Tx tx = co_await bench.db.begin();
            const auto sent = co_await forgot_password(
                bench.deps, tx, context, {},
                body<ForgotPasswordIn>(fmt::format(R"({{"identifier":"{}"}})", phone)));
            co_await tx.commit();
            co_return text_of(sent.value);
        }
        case Question::wrong_code_to_sign_in: {
            co_await send(bench, context, phone, "login");
            pg::Tx tx = co_await bench.db.begin();
            co_await verify_otp(
                bench.deps, tx, context, {},
                body<VerifyOtpIn>(
                    fmt::format(R"({{"phone":"{}","purpose":"login","code":"000000"}})", phone)));
            co_return "proved";
        }
        case Question::wrong_code_to_reset:
            co_await send(bench, context, phone, "password_reset");
            co_await reset_password(
                bench.deps, context, {},
                body<ResetPasswordIn>(fmt::format(
                    R"({{"phone":"{}","code":"000000","new_password":"mangue-verte-13"}})",
                    phone)));
            co_return "reset";
    }
    co_return "";
}

// Two numbers whose masked forms are the same; both asked for a code, and one proved it.
constexpr const char* somebody = "+2250700000001";
constexpr const char* nobody = "+2250100000001";

Task<void> sign_up(IdentityBench& bench, const std::string& phone, bool prove) {
    co_await register_person(
        bench.deps, bench.context, {},
        body<RegisterIn>(fmt::format(R"({{"phone":"{}","password":"mangue-verte-12"}})", phone)));
    if (!prove) co_return;
    const std::string code = co_await test::latest_code(bench);
    http::Context context = bench.context;
    pg::Tx tx = co_await bench.db.begin();
    co_await verify_otp(
        bench.deps, tx, context, {},
        body<VerifyOtpIn>(
            fmt::format(R"({{"phone":"{}","purpose":"registration","code":"{}"}})", phone, code)));
    co_await tx.commit();
}

Task<void> ask_about_both(pg::Db& db) {
    struct Case {
        Question question;
        const char* answer;  // how it begins
        std::size_t hashings;
    };
    const Case cases[] = {
        {Question::login, "invalid_credentials", 1},
        {Question::login_by_identifier, "invalid_credentials", 1},
        {Question::registration, "sms", 1},
        {Question::code_to_sign_in, "sms", 0},
        {Question::code_to_register, "sms", 0},
        {Question::code_to_reset, "sms", 0},
        {Question::forgotten_password, "sms", 0},
        {Question::wrong_code_to_sign_in, "otp_invalid", 0},
        {Question::wrong_code_to_reset, "otp_invalid", 1},
    };
    IdentityBench bench{db};
    co_await sign_up(bench, nobody, false);
    co_await sign_up(bench, somebody, true);
    UtcTime now = test::bench_start;
    for (const Case& c : cases) {
        SCOPED_TRACE(static_cast<int>(c.question));
        now += 1h;  // out of the way of limits on sending
        const Seen known = co_await look([&] { return ask(bench, c.question, somebody, now); });
        const Seen unknown = co_await look([&] { return ask(bench, c.question, nobody, now); });
        EXPECT_TRUE(known.answer.starts_with(c.answer)) << known.answer;
        EXPECT_EQ(known.answer, unknown.answer);
        EXPECT_EQ(known.work.size(), c.hashings);
        EXPECT_EQ(known.work, unknown.work);
    }
}

TEST(NoAccountOracle, SameAnswersForTheSameWork_P2) { test::TestDatabase{}.run(ask_about_both); }

// The lock falls at the same attempt, and passwords are not even tried behind it.
Task<void> lock_both_out(pg::Db& db) {
    IdentityBench bench{db};
    co_await sign_up(bench, somebody, true);
    for (int attempt = 1; attempt <= 7; ++attempt) {
        SCOPED_TRACE(attempt);
        const UtcTime now = test::bench_start + Seconds{attempt};
        const Seen known =
            co_await look([&] { return ask(bench, Question::login, somebody, now); });
        const Seen unknown =
            co_await look([&] { return ask(bench, Question::login, nobody, now); });
        EXPECT_TRUE(
            known.answer.starts_with(attempt <= 5 ? "invalid_credentials" : "account_locked"));
        EXPECT_EQ(known.answer, unknown.answer);
        EXPECT_EQ(known.work.size(), attempt <= 5 ? 1U : 0U);
        EXPECT_EQ(known.work, unknown.work);
    }
}

TEST(NoAccountOracle, LockedOutAlike) { test::TestDatabase{}.run(lock_both_out); }

Task<std::string> try_staff(IdentityBench& bench, std::string username) {
    http::Context context = bench.context;
    co_await admin_login(bench.deps, context, {},
                         body<AdminLoginIn>(fmt::format(
                             R"({{"username":"{}","password":"not-the-password"}})", username)));
    co_return "signed in";
}

Task<void> ask_about_staff(pg::Db& db) {
    IdentityBench bench{db};
    co_await create_staff(
        db, bench.work_pool,
        {.username = "awa.kone", .full_name = "Awa Koné", .password = "mangue-verte-12"},
        test::bench_start);
    const Seen known = co_await look([&] { return try_staff(bench, "awa.kone"); });
    const Seen unknown = co_await look([&] { return try_staff(bench, "nobody.here"); });
    EXPECT_TRUE(known.answer.starts_with("invalid_credentials")) << known.answer;
    EXPECT_EQ(known.answer, unknown.answer);
    EXPECT_EQ(known.work.size(), 1U);
    EXPECT_EQ(known.work, unknown.work);
}

TEST(NoAccountOracle, StaffAlike) { test::TestDatabase{}.run(ask_about_staff); }

}  // namespace
}  // namespace taama::identity
