#include <gtest/gtest.h>

#include <boost/asio/co_spawn.hpp>

#include "modules/ledger/deps.hpp"
#include "modules/ledger/errors.hpp"
#include "modules/ledger/ledger.hpp"
#include "platform/jobs/jobs.hpp"
#include "tests/support/database.hpp"

namespace taama::ledger {
namespace {

const UtcTime start = *parse_utc_time("2026-10-02T08:00:00Z");

AccountRef wallet(std::string_view name) {
    return {AccountKind::wallet, OwnerType::user, std::string{name}};
}
AccountRef escrow(std::string_view name) {
    return {AccountKind::escrow, OwnerType::booking, std::string{name}};
}
AccountRef wave() { return float_of("wave"); }

Act act_of(std::string key, std::vector<Leg> legs) {
    return {.key = std::move(key), .kind = "test", .legs = std::move(legs)};
}
Leg top_up(std::string_view name, std::int64_t amount) {
    return {wave(), wallet(name), amount, "topup"};
}
Leg hold(std::string_view name, std::int64_t amount, std::optional<UtcTime> until = {}) {
    Leg leg{wallet(name), escrow(name), amount, "payment_in", Phase::pending};
    leg.timeout_at = until;
    return leg;
}
Leg resolve(std::string_view name, Phase phase, std::string act_key,
            std::optional<std::int64_t> amount = {}) {
    return {.debit = wallet(name),
            .credit = escrow(name),
            .amount = amount,
            .kind = "payment_in",
            .phase = phase,
            .hold = HoldRef::of_leg(std::move(act_key), 0)};
}

Task<Posted> post_alone(pg::Db& db, const Act& act, UtcTime now = start) {
    pg::Tx tx = co_await db.begin();
    Posted posted = co_await post(tx, act, now);
    co_await tx.commit();
    co_return posted;
}

// The code of the refusal, or "" when the act was posted.
Task<std::string> refused(pg::Db& db, const Act& act, UtcTime now = start) {
    try {
        co_await post_alone(db, act, now);
        co_return "";
    } catch (const Refusal& refusal) {
        co_return std::string{refusal.code().code};
    }
}

Task<Balance> balance(pg::Db& db, const AccountRef& account) {
    pg::Tx tx = co_await db.begin();
    co_return co_await balance_of(tx, account, Currency::XOF);
}

void run(Task<void> (*flow)(pg::Db&)) {
    const test::TestDatabase database;
    database.run(flow);
}

TEST(Ledger, KnownKeyMovesNothing) {
    run(+[](pg::Db& db) -> Task<void> {
        const Act act = act_of("a", {top_up("A", 1'000)});
        const Posted first = co_await post_alone(db, act);
        const Posted again = co_await post_alone(db, act);
        EXPECT_TRUE(first.is_new);
        EXPECT_FALSE(again.is_new);
        EXPECT_EQ(first.id, again.id);
        EXPECT_EQ(again.moved(0), 1'000);
        EXPECT_EQ((co_await balance(db, wallet("A"))).balance, 1'000);
    });
}

TEST(Ledger, KnownKeyWithOtherLegsIsADefect) {
    run(+[](pg::Db& db) -> Task<void> {
        co_await post_alone(db, act_of("a", {top_up("A", 1'000)}));
        bool conflict = false;
        try {
            co_await post_alone(db, act_of("a", {top_up("A", 1'001)}));
        } catch (const ActConflict&) {
            conflict = true;
        }
        EXPECT_TRUE(conflict);
        EXPECT_EQ((co_await balance(db, wallet("A"))).balance, 1'000);
    });
}

TEST(Ledger, FloorsRefuse) {
    run(+[](pg::Db& db) -> Task<void> {
        co_await post_alone(db, act_of("before", {top_up("A", 500)}));
        EXPECT_EQ(co_await refused(db, act_of("1", {{wallet("A"), wallet("B"), 501, "p2p"}})),
                  "insufficient_funds");
        EXPECT_EQ(co_await refused(db, act_of("2", {{escrow("A"), wallet("B"), 1, "refund"}})),
                  "conflict");
        EXPECT_EQ(co_await refused(db, act_of("3", {{wallet("A"), wallet("B"), 500, "p2p"}})), "");
        // Within one act only the end counts.
        EXPECT_EQ(co_await refused(db, act_of("4", {{wallet("A"), wallet("C"), 10, "p2p"},
                                                    {wallet("B"), wallet("A"), 10, "p2p"}})),
                  "");
    });
}

TEST(Ledger, UpToAndRestOf) {
    run(+[](pg::Db& db) -> Task<void> {
        co_await post_alone(db, act_of("before", {top_up("A", 1'500)}));
        const AccountRef owed{AccountKind::receivable, OwnerType::user, "A"};
        const Posted posted = co_await post_alone(db, act_of("fee", {{.debit = wallet("A"),
                                                                      .credit = fees_of("penalty"),
                                                                      .amount = 2'400,
                                                                      .kind = "penalty",
                                                                      .up_to = true},
                                                                     {.debit = owed,
                                                                      .credit = fees_of("penalty"),
                                                                      .amount = {},
                                                                      .kind = "penalty",
                                                                      .rest_of = 0}}));
        EXPECT_EQ(posted.moved(0), 1'500);
        EXPECT_EQ(posted.moved(1), 900);
        EXPECT_EQ((co_await balance(db, owed)).balance, 900);
    });
}

TEST(Ledger, SixHoldsOnFive) {
    run(+[](pg::Db& db) -> Task<void> {
        co_await post_alone(db, act_of("before", {top_up("A", 5'000)}));
        for (int i = 1; i <= 6; ++i)
            EXPECT_EQ(co_await refused(db, act_of("hold" + std::to_string(i), {hold("A", 1'000)})),
                      i <= 5 ? "" : "insufficient_funds");
    });
}

TEST(Ledger, AHoldIsResolvedOnce) {
    run(+[](pg::Db& db) -> Task<void> {
        co_await post_alone(db, act_of("before", {top_up("A", 5'000)}));
        co_await post_alone(db, act_of("hold", {hold("A", 1'000)}));
        EXPECT_EQ(co_await refused(db, act_of("more", {resolve("A", Phase::post, "hold", 1'001)})),
                  "conflict");
        EXPECT_EQ(co_await refused(db, act_of("post", {resolve("A", Phase::post, "hold", 600)})),
                  "");
        EXPECT_EQ(co_await refused(db, act_of("again", {resolve("A", Phase::post, "hold", 400)})),
                  "conflict");
        EXPECT_EQ(co_await refused(db, act_of("void", {resolve("A", Phase::void_, "hold")})),
                  "conflict");
        const Balance left = co_await balance(db, wallet("A"));
        EXPECT_EQ(left.balance, 4'400);  // less than the hold: the rest is free again
        EXPECT_EQ(left.held, 0);
    });
}

TEST(Ledger, PostAtTheTimeOutIsRefused) {
    run(+[](pg::Db& db) -> Task<void> {
        co_await post_alone(db, act_of("before", {top_up("A", 5'000)}));
        const UtcTime until = start + 1h;
        co_await post_alone(db, act_of("h1", {hold("A", 1'000, until)}));
        co_await post_alone(db, act_of("h2", {hold("A", 1'000, until)}));
        EXPECT_EQ(co_await refused(db, act_of("p1", {resolve("A", Phase::post, "h1")}),
                                   until - Microseconds{1}),
                  "");
        EXPECT_EQ(co_await refused(db, act_of("p2", {resolve("A", Phase::post, "h2")}), until),
                  "hold_expired");
        EXPECT_EQ(co_await refused(db, act_of("v2", {resolve("A", Phase::void_, "h2")}), until),
                  "");
    });
}

Task<void> let_holds_expire(asio::io_context& io, pg::Db& db) {
    Clock clock;
    clock.set(start);
    const Deps deps{db, clock};
    jobs::Registry registry;
    register_jobs(registry, deps);
    jobs::Runner runner{io, db, clock, registry, {}};
    co_await post_alone(db, act_of("before", {top_up("A", 5'000)}));
    co_await post_alone(db, act_of("h1", {hold("A", 1'000, start + 1h)}));
    co_await post_alone(db, act_of("h2", {hold("A", 1'000, start + 2h)}));
    clock.set(start + 1h);
    co_await runner.run_due();
    EXPECT_EQ((co_await balance(db, wallet("A"))).held, 1'000);
}

TEST(Ledger, OverdueHoldsAreVoid) {
    const test::TestDatabase database;
    database.run([](asio::io_context& io, pg::Db& db) { return let_holds_expire(io, db); });
}

TEST(Ledger, TimeGrowsWhenTheClockGoesBack) {
    run(+[](pg::Db& db) -> Task<void> {
        const Posted first = co_await post_alone(db, act_of("1", {top_up("A", 1)}));
        const Posted second = co_await post_alone(
            db, act_of("2", {{wallet("A"), wallet("B"), 1, "p2p"}}), start - 10min);
        EXPECT_GT(second.at, first.at);
    });
}

constexpr pg::Sql update_transfer_sql{"test.update_transfer",
                                      "update ledger.transfer set amount = amount + 1"};
constexpr pg::Sql delete_transfer_sql{"test.delete_transfer", "delete from ledger.transfer"};
constexpr pg::Sql truncate_transfer_sql{"test.truncate_transfer",
                                        "truncate ledger.transfer cascade"};
constexpr pg::Sql update_act_sql{"test.update_act", "update ledger.act set kind = 'other'"};
constexpr pg::Sql update_account_sql{"test.update_account",
                                     "update ledger.account set credits_posted = 1000000"};
constexpr pg::Sql delete_account_sql{"test.delete_account", "delete from ledger.account"};

Task<bool> fails(pg::Db& db, const pg::Sql& sql) {
    try {
        co_await db.query(sql);
        co_return false;
    } catch (const pg::Error&) {
        co_return true;
    }
}

TEST(Ledger, WhatIsWrittenStays) {
    run(+[](pg::Db& db) -> Task<void> {
        co_await post_alone(db, act_of("1", {top_up("A", 1'000)}));
        EXPECT_TRUE(co_await fails(db, update_transfer_sql));
        EXPECT_TRUE(co_await fails(db, delete_transfer_sql));
        EXPECT_TRUE(co_await fails(db, truncate_transfer_sql));
        EXPECT_TRUE(co_await fails(db, update_act_sql));
        EXPECT_TRUE(co_await fails(db, update_account_sql));
        EXPECT_TRUE(co_await fails(db, delete_account_sql));
    });
}

constexpr int transfers_each_way = 5'000;
constexpr int lanes = 8;  // transactions at once

Task<void> send(pg::Db& db, std::string from, std::string to, int lane) {
    for (int i = 0; i < transfers_each_way / (lanes / 2); ++i)
        co_await post_alone(db, act_of(from + std::to_string(lane) + ":" + std::to_string(i),
                                       {{wallet(from), wallet(to), 1, "p2p"}}));
}

Task<void> send_both_ways(asio::io_context& io, pg::Db& db) {
    co_await post_alone(db, act_of("before", {top_up("A", 10'000), top_up("B", 10'000)}));
    int running = lanes;
    std::exception_ptr failure;
    asio::steady_timer all_done{io, asio::steady_timer::time_point::max()};
    for (int lane = 0; lane < lanes; ++lane) {
        const bool forth = lane % 2 == 0;
        asio::co_spawn(io.get_executor(), send(db, forth ? "A" : "B", forth ? "B" : "A", lane),
                       [&](std::exception_ptr error) {
                           if (error) failure = error;
                           if (--running == 0) all_done.cancel();
                       });
    }
    boost::system::error_code ignored;
    co_await all_done.async_wait(asio::redirect_error(use_task, ignored));
    if (failure) std::rethrow_exception(failure);
    EXPECT_EQ((co_await balance(db, wallet("A"))).balance, 10'000);
    EXPECT_EQ((co_await balance(db, wallet("B"))).balance, 10'000);
}

TEST(Ledger, TenThousandTransfersBothWaysWithoutDeadlock) {
    const test::TestDatabase database;
    database.run([](asio::io_context& io, pg::Db& db) { return send_both_ways(io, db); });
}

}  // namespace
}  // namespace taama::ledger
