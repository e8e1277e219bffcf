#include "modules/ledger/worked_examples.hpp"

#include <gtest/gtest.h>

#include <map>
#include <sstream>

#include "modules/ledger/ledger.hpp"
#include "tests/support/database.hpp"

namespace taama::ledger {
namespace {

const UtcTime start = *parse_utc_time("2026-10-02T08:00:00Z");

struct Expectation {
    std::string account;
    Balance balance;
};

struct Step {
    std::string example;
    std::string name;
    std::vector<std::vector<Leg>> acts;
    std::vector<Expectation> expected;
    bool is_whole = false;  // nothing else is left
};

OwnerType owner_of(AccountKind kind) {
    switch (kind) {
        case AccountKind::float_:
        case AccountKind::suspense:
        case AccountKind::disputed:
        case AccountKind::provider_cost: return OwnerType::provider;
        case AccountKind::escrow: return OwnerType::booking;
        case AccountKind::deposit: return OwnerType::reservation;
        case AccountKind::desk: return OwnerType::cash_point;
        case AccountKind::promo_cost: return OwnerType::promo;
        case AccountKind::commission:
        case AccountKind::fees:
        case AccountKind::sales:
        case AccountKind::goodwill:
        case AccountKind::losses:
        case AccountKind::bank: return OwnerType::platform;
        default: return OwnerType::user;
    }
}

// "escrow:B" of example W4 is another account than that of W5.
AccountRef to_ref(const std::string& example, const std::string& account) {
    const auto colon = account.find(':');
    const AccountKind kind = parse_account_kind(account.substr(0, colon)).value();
    const std::string name =
        example + '.' + (colon == std::string::npos ? "" : account.substr(colon + 1));
    const OwnerType owner = owner_of(kind);
    if (owner == OwnerType::platform) return {kind, owner, {}, name};
    return {kind, owner, name, {}};
}

Leg to_leg(const std::string& example, std::istringstream words) {
    std::string debit, arrow, credit, kind, phase;
    std::int64_t amount = 0;
    words >> debit >> arrow >> credit >> amount >> kind >> phase;
    Leg leg{to_ref(example, debit), to_ref(example, credit), amount, kind};
    if (phase == "pending") leg.phase = Phase::pending;
    if (phase == "post") leg.phase = Phase::post;
    if (phase == "void") leg.phase = Phase::void_;
    if (phase == "post" || phase == "void") leg.hold = HoldRef::of_subject();
    return leg;
}

void add_expectations(Step& step, const std::string& text) {
    std::istringstream items{text};
    for (std::string item; std::getline(items, item, ';');) {
        std::istringstream words{item};
        Expectation expected;
        std::string held;
        words >> expected.account >> expected.balance.balance >> held >> expected.balance.held;
        step.expected.push_back(expected);
    }
}

std::vector<Step> parse_examples() {
    std::vector<Step> steps;
    std::string example;
    std::istringstream lines{std::string{worked_examples}};
    for (std::string line; std::getline(lines, line);) {
        if (line.starts_with("# W")) {
            const std::string name = line.substr(2, line.find(' ', 2) - 2);
            if (name != "W12") example = name;
        } else if (line.starts_with("  now: ") || line.starts_with("  all: ")) {
            add_expectations(steps.back(), line.substr(7));
            steps.back().is_whole = line.starts_with("  all: ");
        } else if (line == "  all:") {
            steps.back().is_whole = true;
        } else if (line == "  then") {
            steps.back().acts.emplace_back();
        } else if (line.starts_with("  ")) {
            steps.back().acts.back().push_back(to_leg(example, std::istringstream{line}));
        } else if (line.ends_with(':')) {
            steps.push_back({.example = example, .name = line, .acts = {{}}, .expected = {}});
        }
    }
    return steps;
}

constexpr pg::Sql left_sql{"test.left", R"sql(
    select count(*) from ledger.account_balance
     where (owner_id like $1 || '.%' or sub like $1 || '.%') and (balance <> 0 or held <> 0))sql"};
constexpr pg::Sql trial_balance_sql{"test.trial_balance", R"sql(
    select kind, sum(balance)::bigint from ledger.account_balance
     group by kind having sum(balance) <> 0)sql"};

Task<void> check_step(pg::Tx& tx, const Step& step) {
    std::int64_t expected_left = 0;
    for (const Expectation& expected : step.expected) {
        const Balance balance =
            co_await balance_of(tx, to_ref(step.example, expected.account), Currency::XOF);
        EXPECT_EQ(balance.balance, expected.balance.balance) << expected.account;
        EXPECT_EQ(balance.held, expected.balance.held) << expected.account;
        if (expected.balance.balance != 0) ++expected_left;
    }
    if (!step.is_whole) co_return;
    const pg::Rows left = co_await tx.query(left_sql, step.example);
    EXPECT_EQ(left.one<std::int64_t>(), expected_left);
}

Task<void> play_all(pg::Db& db) {
    std::map<std::string, Uuid> subjects;
    int acts = 0;
    for (const Step& step : parse_examples()) {
        SCOPED_TRACE(step.example + " " + step.name);
        const Uuid subject = subjects.try_emplace(step.example, Uuid::make()).first->second;
        pg::Tx tx = co_await db.begin();
        for (const auto& legs : step.acts)
            co_await post(tx,
                          {.key = "example:" + std::to_string(acts++),
                           .kind = "example",
                           .subject = Subject{OwnerType::booking, subject},
                           .legs = legs},
                          start);
        co_await check_step(tx, step);
        co_await tx.commit();
    }

    const std::map<std::string, std::int64_t> wanted{
        {"float", 352'314},    {"provider_cost", 1'328}, {"promo_cost", 800}, {"custody", 12'705},
        {"receivable", 7'825}, {"bank", 34'750},         {"losses", 5'700},   {"commission", 6'797},
        {"earnings", 42'505},  {"wallet", 158'050},      {"bonus", 500},      {"fees", 4'120},
        {"sales", 203'450}};
    std::map<std::string, std::int64_t> found;
    const pg::Rows rows = co_await db.query(trial_balance_sql);
    for (int i = 0; i < rows.size(); ++i)
        found[rows[i].get<std::string>(0)] = rows[i].get<std::int64_t>(1);
    EXPECT_EQ(found, wanted);

    pg::Tx tx = co_await db.begin();
    for (const Finding& finding : co_await check_books(tx, CheckRange{}, start + 1h))
        ADD_FAILURE() << finding.invariant << ' ' << finding.subject << ": " << finding.text;
}

TEST(Ledger, WorkedExamples_W1_to_W21) {
    const test::TestDatabase database;
    database.run([](pg::Db& db) { return play_all(db); });
}

}  // namespace
}  // namespace taama::ledger
