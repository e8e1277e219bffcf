#include "modules/identity/code.hpp"

#include "modules/identity/code_store.hpp"
#include "tests/support/identity_bench.hpp"

namespace taama::identity {
namespace {

using test::bench_start;
using test::IdentityBench;

const Destination phone{Channel::sms, "+2250700000001"};

Task<std::string> send(IdentityBench& bench, CodeRequest request, UtcTime now) {
    const http::Context context = bench.context_at(now);
    pg::Tx tx = co_await bench.db.begin();
    co_await send_code(bench.deps, tx, context, std::move(request));
    co_await tx.commit();
    co_return co_await test::latest_code(bench);
}

Task<std::string> prove(IdentityBench& bench, CodeAnswer answer, UtcTime now) {
    std::optional<Refusal> refused;
    pg::Tx tx = co_await bench.db.begin();
    try {
        co_await prove_code(bench.deps, tx, std::move(answer), now);
    } catch (Refusal& refusal) {
        refused = std::move(refusal);
    }
    co_await tx.commit();
    if (!refused) co_return "right";
    const auto* left = refused->details().if_contains("attempts_left");
    std::string text{refused->code().code};
    if (left != nullptr) text += " " + std::to_string(left->as_int64());
    co_return text;
}

CodeAnswer answer(std::string code) {
    return {.destination = phone, .purpose = CodePurpose::login, .code = std::move(code)};
}

std::string wrong(std::string code) {
    code[0] = code[0] == '9' ? '0' : static_cast<char>(code[0] + 1);
    return code;
}

void run(Task<void> (*flow)(IdentityBench&)) {
    const test::TestDatabase database;
    database.run([flow](pg::Db& db) -> Task<void> {
        return [](pg::Db& on, Task<void> (*body)(IdentityBench&)) -> Task<void> {
            IdentityBench bench{on};
            co_await body(bench);
        }(db, flow);
    });
}

// identity.md §5.3, case 5 and 6.
TEST(Codes, EarlierCodeStaysValid_S1_063) {
    run(+[](IdentityBench& bench) -> Task<void> {
        const auto a = co_await send(bench, {.to = phone}, bench_start);
        const auto b = co_await send(bench, {.to = phone}, bench_start + 100s);
        EXPECT_EQ(co_await prove(bench, answer(a), bench_start + 290s), "right");
        EXPECT_EQ(co_await prove(bench, answer(b), bench_start + 291s), "otp_expired");

        const auto c = co_await send(bench, {.to = phone}, bench_start + 700s);
        EXPECT_EQ(co_await prove(bench, answer(c), bench_start + 1000s), "otp_expired");
        const auto d = co_await send(bench, {.to = phone}, bench_start + 1300s);
        EXPECT_EQ(co_await prove(bench, answer(d), bench_start + 1600s - 1us), "right");
    });
}

// Case 7.
TEST(Codes, ThreeAttempts_S1_063) {
    run(+[](IdentityBench& bench) -> Task<void> {
        const auto code = co_await send(bench, {.to = phone}, bench_start);
        EXPECT_EQ(co_await prove(bench, answer(wrong(code)), bench_start), "otp_invalid 2");
        EXPECT_EQ(co_await prove(bench, answer(wrong(code)), bench_start), "otp_invalid 1");
        EXPECT_EQ(co_await prove(bench, answer(wrong(code)), bench_start), "otp_invalid 0");
        EXPECT_EQ(co_await prove(bench, answer(code), bench_start), "otp_expired");
    });
}

Task<std::string> word_of(IdentityBench& bench, CodeAnswer given) {
    const std::string text = co_await prove(bench, std::move(given), bench_start);
    co_return text.substr(0, text.find(' '));
}

TEST(Codes, ThousandGuessesAtOnce_S1_063) {
    run(+[](IdentityBench& bench) -> Task<void> {
        const auto code = co_await send(bench, {.to = phone}, bench_start);
        std::vector<Task<std::string>> guesses;
        for (int i = 0; i < 1000; ++i)
            guesses.push_back(word_of(bench, answer(fmt::format("{:06}", i))));
        auto answers = co_await test::together(std::move(guesses));
        const int evaluated = answers["right"] + answers["otp_invalid"];
        EXPECT_LE(evaluated, 3);
        EXPECT_GE(evaluated, 1);
        EXPECT_EQ(answers["otp_expired"] + answers["rate_limited"], 1000 - evaluated);
    });
}

TEST(Codes, RightCodeTwiceAtOnce) {
    run(+[](IdentityBench& bench) -> Task<void> {
        const auto code = co_await send(bench, {.to = phone}, bench_start);
        std::vector<Task<std::string>> both;
        both.push_back(word_of(bench, answer(code)));
        both.push_back(word_of(bench, answer(code)));
        auto answers = co_await test::together(std::move(both));
        EXPECT_EQ(answers["right"], 1);
        EXPECT_EQ(answers["otp_expired"], 1);
    });
}

TEST(Codes, OnlyForWhoAsked) {
    run(+[](IdentityBench& bench) -> Task<void> {
        pg::Tx tx = co_await bench.db.begin();
        const auto mine = AccountId::make();
        constexpr pg::Sql insert{"test.account", R"sql(
            insert into identity.accounts (id, phone, referral_code) values ($1, $2, 'ABCDEFGH'))sql"};
        co_await tx.query(insert, mine, "+2250700000009");
        co_await tx.commit();
        const auto code = co_await send(
            bench, {.to = phone, .purpose = CodePurpose::phone_change, .account = mine},
            bench_start);
        CodeAnswer given{.destination = phone,
                         .purpose = CodePurpose::phone_change,
                         .code = code,
                         .caller = AccountId::make()};
        EXPECT_EQ(co_await prove(bench, given, bench_start), "otp_expired");
        given.caller = mine;
        EXPECT_EQ(co_await prove(bench, given, bench_start), "right");
    });
}

Task<std::string> sends(IdentityBench& bench, UtcTime now) {
    const http::Context context = bench.context_at(now);
    return test::in_transaction(bench.db, [&bench, context](pg::Tx& tx) -> Task<void> {
        return [](IdentityBench& on, http::Context with, pg::Tx& in) -> Task<void> {
            co_await send_code(on.deps, in, with, {.to = phone});
        }(bench, context, tx);
    });
}

// Case 4, and the same number asked for from everywhere at once.
TEST(Codes, SendsAreCounted_S1_063) {
    run(+[](IdentityBench& bench) -> Task<void> {
        std::vector<Task<std::string>> at_once;
        for (int i = 0; i < 12; ++i) at_once.push_back(sends(bench, bench_start));
        auto answers = co_await test::together(std::move(at_once));
        EXPECT_EQ(answers[""], 3);
        EXPECT_EQ(answers["rate_limited"], 9);
        EXPECT_EQ(co_await sends(bench, bench_start + 599s), "rate_limited");
        EXPECT_EQ(co_await sends(bench, bench_start + 600s), "");
    });
}

TEST(Codes, NothingReadableIsStored) {
    run(+[](IdentityBench& bench) -> Task<void> {
        const auto code = co_await send(bench, {.to = phone}, bench_start);
        constexpr pg::Sql rows_sql{"test.codes", R"sql(
            select c::text || coalesce((select string_agg(payload::text, '') from platform.outbox), '')
              from identity.verification_codes c)sql"};
        const pg::Rows rows = co_await bench.db.query(rows_sql);
        EXPECT_EQ(rows.one<std::string>().find("\"" + code + "\""), std::string::npos);
    });
}

}  // namespace
}  // namespace taama::identity
