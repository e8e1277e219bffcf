#include "platform/pg/groups.hpp"

#include <fmt/ranges.h>
#include <gtest/gtest.h>

#include <boost/asio/post.hpp>

#include <map>

#include "platform/pg/tx.hpp"
#include "platform/task_group.hpp"
#include "tests/support/database.hpp"

namespace taama::pg {
namespace {

constexpr Sql make_stalls_sql{"test.make_stalls", R"sql(
    create table stalls (id int primary key, remaining int not null))sql"};
constexpr Sql fill_stalls_sql{"test.fill_stalls", R"sql(
    insert into stalls select id, $1 from generate_series(1, 40) id)sql"};
constexpr Sql make_sales_sql{"test.make_sales", R"sql(
    create table sales (
        seq bigserial, buyer text, stall int, made_by xid8 not null default pg_current_xact_id(),
        count int constraint sales_count check (count < 100)))sql"};
constexpr Sql lock_stalls_sql{"test.lock_stalls", R"sql(
    select id from stalls where id = any ($1::int[]) order by id for update)sql"};
constexpr Sql lock_free_stalls_sql{"test.lock_free_stalls", R"sql(
    select w.place
      from unnest($1::int[]) with ordinality as w (id, place)
      join stalls s on s.id = w.id
       for update of s skip locked)sql"};
constexpr Lock stall_lock{lock_stalls_sql, lock_free_stalls_sql};
constexpr Sql find_remaining_sql{"test.find_remaining", R"sql(
    select s.remaining, w.place
      from unnest($1::int[]) with ordinality as w (id, place)
      join stalls s on s.id = w.id
     order by w.place)sql"};
constexpr Sql save_sale_sql{"test.save_sale", R"sql(
    insert into sales (buyer, stall, count) select * from unnest($1::text[], $2::int[], $3::int[]))sql"};
constexpr Sql save_remaining_sql{"test.save_remaining", R"sql(
    update stalls s set remaining = s.remaining - w.count
      from unnest($1::int[], $2::int[]) as w (id, count) where s.id = w.id)sql"};
constexpr Sql buyers_sql{"test.buyers", "select array_agg(buyer order by buyer) from sales"};
constexpr Sql transactions_sql{"test.transactions", "select count(distinct made_by) from sales"};
constexpr Sql remaining_sql{"test.remaining", "select remaining from stalls where id = $1"};
constexpr Sql hang_up_sql{"test.hang_up", "select pg_terminate_backend(pg_backend_pid())"};
constexpr Sql count_up_to_sql{"test.count_up_to", R"sql(
    select n, w.place
      from unnest($1::int[]) with ordinality as w (most, place), generate_series(1, w.most) n
     order by w.place, n)sql"};

constexpr Sql take_one_sql{"test.take_one",
                           "update stalls set remaining = remaining - 1 where id = $1"};
constexpr Sql hurry_sql{"test.hurry", "select set_config('statement_timeout', '50', true)"};
constexpr Sql sleep_sql{"test.sleep", "select pg_sleep(0.2)"};
constexpr Sql pause_sql{"test.pause", "select pg_sleep(0.01)"};

using Names = std::vector<std::string>;

struct SoldOut : std::runtime_error {
    SoldOut() : std::runtime_error("sold out") {}
};

struct Wish {
    std::string buyer;
    int stall = 0;
    int count = 1;
};

// What became of the wishes, by buyer.
struct Market {
    Db& db;
    std::map<std::string, std::string> outcomes{};
    Names told{};  // after their commit
};

Task<void> sell(Market& market, Tx& tx, const Wish& wish) {
    tx.lock(stall_lock, wish.stall);
    const Rows rows = co_await tx.query_row(find_remaining_sql, wish.stall);
    if (rows.one<int>() < wish.count) throw SoldOut{};
    tx.enqueue_row(save_sale_sql, wish.buyer, wish.stall, wish.count);
    tx.enqueue_row(save_remaining_sql, wish.stall, wish.count);
    tx.after_commit([&market, buyer = wish.buyer] { market.told.push_back(buyer); });
}

using Flow = Task<void> (*)(Market& market, Tx& tx, const Wish& wish);

// As the edge does: in a group first, then alone.
Task<void> run(Market& market, Flow flow, Wish wish) {
    std::string& outcome = market.outcomes[wish.buyer];
    bool again = true;
    for (int attempt = 0; again; ++attempt) {
        again = false;
        try {
            Tx tx = co_await (attempt == 0 ? market.db.begin_grouped() : market.db.begin());
            co_await flow(market, tx, wish);
            co_await tx.commit();
            outcome = attempt == 0 ? "together" : "alone";
        } catch (const Error& error) {
            again = attempt == 0 && error.can_retry();
            outcome = error.constraint;
        } catch (const Unavailable&) {
            outcome = "unavailable";
        } catch (const SoldOut&) {
            outcome = "sold out";
        }
    }
}

struct Doing {
    Flow flow;
    Wish wish;
};
// All at once, to their end.
Task<void> run_all(asio::io_context& io, Market& market, std::vector<Doing> all) {
    TaskGroup group{io};
    for (Doing& each : all) group.spawn("flow", run(market, each.flow, std::move(each.wish)));
    co_await group.wait();
}

Names with(const Market& market, std::string_view wanted) {
    Names buyers;
    for (const auto& [buyer, outcome] : market.outcomes)
        if (outcome == wanted) buyers.push_back(buyer);
    return buyers;
}

Task<void> open_market(Db& db, int remaining) {
    co_await db.connect();
    co_await db.query(make_stalls_sql);
    co_await db.query(fill_stalls_sql, remaining);
    co_await db.query(make_sales_sql);
}

Task<void> share(asio::io_context& io, Db& db) {
    co_await open_market(db, 5);
    Market market{db};
    TaskGroup group{io};
    for (int i = 1; i <= 3; ++i) group.spawn("buy", run(market, sell, {std::to_string(i), i}));
    co_await group.wait();
    EXPECT_EQ((co_await db.query(transactions_sql)).one<int>(), 1);
    EXPECT_EQ((co_await db.query(buyers_sql)).one<Names>(), (Names{"1", "2", "3"}));
    EXPECT_EQ(market.told, (Names{"1", "2", "3"}));
    co_await run(market, sell, {"late", 3});
    EXPECT_EQ(market.outcomes["late"], "together");
    EXPECT_EQ((co_await db.query(transactions_sql)).one<int>(), 2);
    EXPECT_EQ((co_await db.query(remaining_sql, 3)).one<int>(), 3);
}

TEST(Group, WhoComesAtOnceSharesATransaction) { test::TestDatabase{}.run(share); }

// PostgreSQL's row locks keep nobody apart within one transaction.
Task<void> last_piece(asio::io_context& io, Db& db) {
    co_await open_market(db, 2);
    Market market{db};
    TaskGroup group{io};
    for (int i = 1; i <= 8; ++i) group.spawn("buy", run(market, sell, {std::to_string(i), 1, 2}));
    co_await group.wait();
    EXPECT_EQ((co_await db.query(remaining_sql, 1)).one<int>(), 0);
    EXPECT_EQ(with(market, "sold out").size(), 7U);
}

TEST(Group, TheLastPieceIsSoldOnce) { test::TestDatabase{}.run(last_piece); }

Task<void> locked_outside(asio::io_context& io, Db& db) {
    co_await open_market(db, 5);
    Market market{db};
    TaskGroup group{io};
    Tx holder = co_await db.begin();
    holder.lock(stall_lock, 1);
    co_await holder.query(remaining_sql, 1);
    group.spawn("buy", run(market, sell, {"waits", 1}));
    group.spawn("buy", run(market, sell, {"goes on", 2}));
    for (int i = 0; i < 300 && market.told.empty(); ++i) co_await db.query(pause_sql);
    EXPECT_EQ(market.outcomes["goes on"], "together");
    EXPECT_EQ(market.outcomes["waits"], "");
    co_await holder.commit();
    co_await group.wait();
    EXPECT_EQ(market.outcomes["waits"], "alone");
}

TEST(Group, WhatSomebodyElseHasLockedHoldsUpNobodyElse) {
    test::TestDatabase{}.run(locked_outside);
}

Task<void> one_gives_up(asio::io_context& io, Db& db) {
    co_await open_market(db, 5);
    Market market{db};
    co_await run_all(io, market, {{sell, {"a", 1}}, {sell, {"greedy", 2, 6}}, {sell, {"b", 3}}});
    EXPECT_EQ(market.outcomes["greedy"], "sold out");
    EXPECT_EQ(with(market, "together"), (Names{"a", "b"}));
    EXPECT_EQ((co_await db.query(transactions_sql)).one<int>(), 1);
}

TEST(Group, WhoGivesUpAfterReadingIsNoMatterToTheOthers) { test::TestDatabase{}.run(one_gives_up); }

Task<void> sell_and_regret(Market& market, Tx& tx, const Wish& wish) {
    co_await sell(market, tx, wish);
    co_await tx.query(remaining_sql, wish.stall);  // what was enqueued is sent
    throw SoldOut{};
}

Task<void> one_regrets(asio::io_context& io, Db& db) {
    co_await open_market(db, 5);
    Market market{db};
    co_await run_all(io, market, {{sell, {"a", 1}}, {sell_and_regret, {"b", 2}}, {sell, {"c", 3}}});
    EXPECT_EQ((co_await db.query(buyers_sql)).one<Names>(), (Names{"a", "c"}));
    EXPECT_EQ(market.told, (Names{"a", "c"}));
    EXPECT_EQ((co_await db.query(remaining_sql, 2)).one<int>(), 5);
}

TEST(Group, NothingIsLeftOfWhoGivesUpAfterWriting) { test::TestDatabase{}.run(one_regrets); }

Task<void> one_fails(asio::io_context& io, Db& db) {
    co_await open_market(db, 500);
    Market market{db};
    co_await run_all(io, market,
                     {{sell, {"a", 1}}, {sell, {"too much", 2, 100}}, {sell, {"c", 3}}});
    EXPECT_EQ(market.outcomes["too much"], "sales_count");
    EXPECT_EQ(with(market, "alone"), (Names{"a", "c"}));
    EXPECT_EQ((co_await db.query(buyers_sql)).one<Names>(), (Names{"a", "c"}));
    EXPECT_EQ((co_await db.query(remaining_sql, 2)).one<int>(), 500);
    co_await run(market, sell, {"too much", 2, 100});
    EXPECT_EQ(market.outcomes["too much"], "sales_count") << "nobody else's fault";
}

TEST(Group, AFailureMeetsTheOneWhoseItIs) { test::TestDatabase{}.run(one_fails); }

// Not an outage: the others run again, and only the slow one is refused.
Task<void> take_too_long(Market&, Tx& tx, const Wish&) {
    co_await tx.query(hurry_sql);
    co_await tx.query(sleep_sql);
}

Task<void> timed_out(asio::io_context& io, Db& db) {
    co_await open_market(db, 5);
    Market market{db};
    co_await run_all(io, market,
                     {{sell, {"a", 1}}, {take_too_long, {"slow", 2}}, {sell, {"c", 3}}});
    EXPECT_EQ(with(market, "alone"), (Names{"a", "c"}));
    EXPECT_EQ(market.outcomes["slow"], "unavailable");
    EXPECT_EQ((co_await db.query(buyers_sql)).one<Names>(), (Names{"a", "c"}));
}

TEST(Group, ATimeOutIsThatOfTheSlowOne) { test::TestDatabase{}.run(timed_out); }

// He wrote, and then wants what another one has: nothing of it may stay, for he does it again.
Task<void> sell_first_lock_then(Market& market, Tx& tx, const Wish& wish) {
    tx.enqueue_row(save_sale_sql, wish.buyer, wish.stall, wish.count);
    co_await tx.query_row(find_remaining_sql, wish.stall);
    co_await sell(market, tx, {wish.buyer + " again", wish.stall, wish.count});
}

Task<void> left_after_writing(asio::io_context& io, Db& db) {
    co_await open_market(db, 5);
    Market market{db};
    co_await run_all(io, market, {{sell, {"a", 1}}, {sell_first_lock_then, {"b", 1}}});
    EXPECT_EQ((co_await db.query(buyers_sql)).one<Names>(), (Names{"a", "b", "b again"}));
    EXPECT_EQ((co_await db.query(remaining_sql, 1)).one<int>(), 3);

    Tx holder = co_await db.begin();
    holder.lock(stall_lock, 2);
    co_await holder.query(remaining_sql, 2);
    TaskGroup group{io};
    group.spawn("buy", run(market, sell_first_lock_then, {"c", 2}));
    co_await db.query(sleep_sql);
    co_await holder.commit();
    co_await group.wait();
    EXPECT_EQ((co_await db.query(buyers_sql)).one<Names>(),
              (Names{"a", "b", "b again", "c", "c again"}));
}

TEST(Group, NothingIsLeftOfWhoLeavesAfterWriting) { test::TestDatabase{}.run(left_after_writing); }

Task<void> write_under_lock(Market&, Tx& tx, const Wish& wish) {
    tx.lock(stall_lock, wish.stall);
    tx.enqueue_one(take_one_sql, wish.stall);
    co_await tx.query_row(find_remaining_sql, wish.stall);
}

Task<void> write_and_go_alone(Market& market, Tx& tx, const Wish& wish) {
    co_await sell(market, tx, wish);
    tx.go_alone();
    co_await tx.query(remaining_sql, wish.stall);
}

Task<void> alone(asio::io_context& io, Db& db) {
    co_await open_market(db, 5);
    Market market{db};
    co_await run_all(
        io, market,
        {{write_under_lock, {"a", 1}}, {write_and_go_alone, {"b", 2}}, {sell, {"c", 3}}});
    EXPECT_EQ(with(market, "alone"), (Names{"a", "b"}));
    EXPECT_EQ(market.outcomes["c"], "together");
    EXPECT_EQ((co_await db.query(remaining_sql, 1)).one<int>(), 4);
    EXPECT_EQ((co_await db.query(remaining_sql, 2)).one<int>(), 4);
}

TEST(Group, WhoWritesBeforeHeKnowsHisLockGoesAlone) { test::TestDatabase{}.run(alone); }

Task<void> hang_up(Market&, Tx& tx, const Wish&) { co_await tx.query(hang_up_sql); }

Task<void> connection_lost(asio::io_context& io, Db& db) {
    co_await open_market(db, 5);
    Market market{db};
    co_await run_all(io, market, {{sell, {"a", 1}}, {hang_up, {"b", 2}}});
    EXPECT_EQ(with(market, "unavailable"), (Names{"a", "b"}));
    co_await run(market, sell, {"a", 1});
    EXPECT_EQ(market.outcomes["a"], "together");
}

TEST(Group, ALostConnectionIsToldToAll) { test::TestDatabase{}.run(connection_lost); }

// Who locks and asks nothing: whether he has the lock nobody would know.
Task<void> take_one(Market& market, Tx& tx, const Wish& wish) {
    tx.lock(stall_lock, wish.stall);
    tx.enqueue_row(save_remaining_sql, wish.stall, wish.count);
    market.told.push_back(wish.buyer);
    co_return;
}

Task<void> unasked(asio::io_context& io, Db& db) {
    co_await open_market(db, 5);
    Market market{db};
    TaskGroup group{io};
    for (int i = 1; i <= 3; ++i) group.spawn("take", run(market, take_one, {std::to_string(i), 1}));
    co_await group.wait();
    EXPECT_EQ(with(market, "alone").size(), 3U);
    EXPECT_EQ((co_await db.query(remaining_sql, 1)).one<int>(), 2);
}

TEST(Group, WhoLocksWithoutAskingGoesAlone) { test::TestDatabase{}.run(unasked); }

Task<void> count_up(Market& market, Tx& tx, const Wish& wish) {
    const auto numbers = (co_await tx.query_row(count_up_to_sql, wish.count)).all<int>();
    market.told.push_back(fmt::format("{}: {}", wish.buyer, fmt::join(numbers, " ")));
}

Task<void> each_his_answer(asio::io_context& io, Db& db) {
    co_await open_market(db, 5);
    Market market{db};
    co_await run_all(io, market,
                     {{count_up, {"a", 0, 2}}, {count_up, {"b", 0, 0}}, {count_up, {"c", 0, 3}}});
    co_await run(market, count_up, {"d", 0, 1});
    EXPECT_EQ(market.told, (Names{"a: 1 2", "b: ", "c: 1 2 3", "d: 1"}));
}

TEST(Group, EachGetsTheRowsThatAnswerHim) { test::TestDatabase{}.run(each_his_answer); }

// Sixty who want the same and what others want: all are served, whatever group they meet in.
Task<void> crowd(asio::io_context& io, Db& db) {
    co_await open_market(db, 30);
    Market market{db};
    TaskGroup group{io};
    for (int i = 1; i <= 60; ++i)
        group.spawn("buy", run(market, sell, {std::to_string(i), i % 2 == 0 ? 1 : i % 40 + 1}));
    co_await group.wait();
    EXPECT_EQ((co_await db.query(remaining_sql, 1)).one<int>(), 0);
    EXPECT_EQ(market.told.size(), 60U);
}

TEST(Group, ACrowdIsServed) { test::TestDatabase{}.run(crowd); }

Task<void> ending(asio::io_context& io, Db& db) {
    co_await open_market(db, 5);
    Market market{db};
    TaskGroup group{io};
    group.spawn("buy", run(market, sell, {"a", 1}));
    group.spawn("buy", run(market, sell, {"b", 2}));
    for (int turn = 0; turn < 4; ++turn) co_await asio::post(io, use_task);
    group.spawn("buy", run(market, sell, {"next group", 3}));
    co_await asio::post(io, use_task);
    db.close();
    co_await group.wait();
    EXPECT_EQ(with(market, "unavailable").size(), 3U);
}

TEST(Group, WhenTheDatabaseIsClosedAllAreTold) { test::TestDatabase{}.run(ending); }

}  // namespace
}  // namespace taama::pg
