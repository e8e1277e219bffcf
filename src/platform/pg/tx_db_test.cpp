#include "platform/pg/tx.hpp"

#include <gtest/gtest.h>

#include "platform/task_group.hpp"
#include "platform/timer.hpp"
#include "tests/support/database.hpp"

namespace taama::pg {
namespace {

constexpr Sql make_sql{"test.make", R"sql(
    create table counters (
        id int constraint counters_id unique,
        value int not null constraint counters_value check (value >= 0)))sql"};
constexpr Sql insert_sql{"test.insert", "insert into counters values ($1, $2)"};
constexpr Sql add_sql{"test.add", "update counters set value = value + $2 where id = $1"};
constexpr Sql read_sql{"test.read", "select value from counters where id = $1"};
constexpr Sql count_sql{"test.count", "select count(*) from counters"};
constexpr Sql sleep_sql{"test.sleep", "select pg_sleep(0.05)"};
constexpr Sql lock_sql{"test.lock", "select value from counters where id = $1 for update"};
constexpr Sql backends_sql{"test.idle_in_transaction", R"sql(
    select count(*) from pg_stat_activity
     where datname = current_database() and state like 'idle in transaction%')sql"};

Task<void> commits(Db& db) {
    co_await db.query(make_sql);
    std::vector<std::string> said;
    db.on_announcement("news", [&] { said.emplace_back("news"); });
    db.on_announcement("other", [&] { said.emplace_back("other"); });
    Tx tx = co_await db.begin();
    tx.enqueue(insert_sql, 1, 10);
    tx.enqueue_one(add_sql, 1, 5);
    tx.announce("news");
    tx.announce("news");
    tx.after_commit([&] { said.emplace_back("callback"); });
    EXPECT_EQ((co_await tx.query(read_sql, 1)).one<int>(), 15);
    tx.enqueue_one(add_sql, 1, 1);
    EXPECT_TRUE(said.empty());
    co_await tx.commit();
    EXPECT_EQ(said, (std::vector<std::string>{"news", "callback"}));
    EXPECT_EQ((co_await db.query(read_sql, 1)).one<int>(), 16);
}

constexpr Sql make_notes_sql{"test.make_notes",
                             "create table notes (seq bigserial, id int, text text, counter int)"};
// Sees what was enqueued, also after its first row.
constexpr Sql insert_notes_sql{"test.insert_notes", R"sql(
    insert into notes (id, text, counter)
    select n.id, n.text, (select count(*) from counters)
      from unnest($1::int[], $2::text[]) as n (id, text))sql"};
constexpr Sql notes_sql{"test.notes", R"sql(
    select array_agg(format('%s/%s/%s', id, coalesce(text, '-'), counter) order by seq) from notes)sql"};

Task<void> rows_leave_together(Db& db) {
    co_await db.query(make_sql);
    co_await db.query(make_notes_sql);
    Tx tx = co_await db.begin();
    tx.enqueue(insert_sql, 1, 10);
    tx.enqueue_last(insert_notes_sql, 1, R"(a "b", {c\})");
    tx.enqueue(insert_sql, 2, 10);
    tx.enqueue_last(insert_notes_sql, 2, std::optional<std::string>{});
    tx.enqueue_last(insert_notes_sql, 3, "NULL");
    EXPECT_EQ((co_await tx.query(count_sql)).one<int>(), 2);
    tx.enqueue_last(insert_notes_sql, 4, "");
    co_await tx.commit();
    EXPECT_EQ((co_await db.query(notes_sql)).one<std::vector<std::string>>(),
              (std::vector<std::string>{R"(1/a "b", {c\}/2)", "2/-/2", "3/NULL/2", "4//2"}));
}

Task<void> abandon(Db& db) {
    Tx tx = co_await db.begin();
    co_await tx.query(insert_sql, 2, 2);
    throw std::runtime_error("changed my mind");
}

Task<void> rolls_back(Db& db) {
    co_await db.query(make_sql);
    EXPECT_THROW(co_await abandon(db), std::runtime_error);
    // The same connection, behind its ROLLBACK.
    Tx tx = co_await db.begin();
    EXPECT_EQ((co_await tx.query(count_sql)).one<int>(), 0);
    EXPECT_EQ((co_await tx.query(backends_sql)).one<int>(), 0);
    co_await tx.commit();
}

Task<void> empty_commit(Db& db) {
    bool told = false;
    Tx tx = co_await db.begin();
    tx.after_commit([&] { told = true; });
    co_await tx.commit();
    EXPECT_TRUE(told);
}

Task<void> names_the_constraint(Db& db) {
    co_await db.query(make_sql);
    Tx tx = co_await db.begin();
    co_await tx.query(insert_sql, 1, 1);
    try {
        co_await tx.query(insert_sql, 1, 1);
        ADD_FAILURE() << "stored twice";
    } catch (const Error& error) {
        EXPECT_EQ(error.sqlstate, "23505");
        EXPECT_EQ(error.constraint, "counters_id");
        EXPECT_EQ(error.statement, "test.insert");
        EXPECT_FALSE(error.can_retry());
    }
    try {
        co_await tx.commit();
        ADD_FAILURE() << "committed a failed transaction";
    } catch (const Error& error) {
        EXPECT_EQ(error.sqlstate, "25P02");
    }
}

// The first failure of a batch is the one that is told.
Task<void> enqueued_failure_surfaces(Db& db) {
    co_await db.query(make_sql);
    {
        Tx tx = co_await db.begin();
        tx.enqueue(insert_sql, 1, -1);
        tx.enqueue(insert_sql, 2, 1);
        try {
            co_await tx.query(read_sql, 2);
            ADD_FAILURE() << "went on after a failure";
        } catch (const Error& error) {
            EXPECT_EQ(error.constraint, "counters_value");
        }
    }
    {
        Tx tx = co_await db.begin();
        tx.enqueue(insert_sql, 3, -1);
        EXPECT_THROW(co_await tx.commit(), Error);
    }
    EXPECT_EQ((co_await db.query(count_sql)).one<int>(), 0);
}

Task<void> touch_none(Db& db) {
    co_await db.query(make_sql);
    Tx tx = co_await db.begin();
    tx.enqueue_one(add_sql, 99, 1);
    co_await tx.commit();
}

Task<void> add_locked(Db& db) {
    Tx tx = co_await db.begin();
    const int value = (co_await tx.query(lock_sql, 1)).one<int>();
    EXPECT_GE(value, 0);
    tx.enqueue_one(add_sql, 1, 1);
    co_await tx.commit();
}

Task<void> runs_hundred(asio::io_context& io, Db& db) {
    co_await db.query(make_sql);
    co_await db.query(insert_sql, 1, 0);
    TaskGroup group{io};
    for (int i = 0; i < 100; ++i) group.spawn("add", add_locked(db));
    co_await group.wait();
    EXPECT_EQ((co_await db.query(read_sql, 1)).one<int>(), 100);
}

struct Deadlocks {
    int holding = 0;  // of the two, who ever held the first of his rows
    int count = 0;
};

Task<void> lock_both(Db& db, int first, int second, Deadlocks& deadlocks) {
    for (bool is_done = false; !is_done;) {
        try {
            Tx tx = co_await db.begin();
            co_await tx.query(add_sql, first, 1);
            for (++deadlocks.holding; deadlocks.holding < 2;) co_await sleep_for(1ms);
            co_await tx.query(add_sql, second, 1);
            co_await tx.commit();
            is_done = true;
        } catch (const Error& error) {
            EXPECT_TRUE(error.can_retry());
            ++deadlocks.count;
        }
    }
}

Task<void> deadlocks_can_be_retried(asio::io_context& io, Db& db) {
    co_await db.query(make_sql);
    co_await db.query(insert_sql, 1, 0);
    co_await db.query(insert_sql, 2, 0);
    Deadlocks deadlocks;
    TaskGroup group{io};
    group.spawn("forth", lock_both(db, 1, 2, deadlocks));
    group.spawn("back", lock_both(db, 2, 1, deadlocks));
    co_await group.wait();
    EXPECT_GE(deadlocks.count, 1);
    EXPECT_EQ((co_await db.query(read_sql, 1)).one<int>(), 2);
}

// What was told, in its order: the fact and the words of its details.
class Told {
public:
    explicit Told(std::initializer_list<std::string_view> facts) {
        for (const std::string_view fact : facts)
            facts_.watch(std::string{fact}, [this, fact](const telemetry::Details& details) {
                const auto* word = details.if_contains("lane");
                said_.push_back(std::string{fact} +
                                (word ? " " + std::string{word->as_string()} : ""));
            });
    }
    const telemetry::Facts* facts() const { return &facts_; }
    const std::vector<std::string>& said() const { return said_; }

private:
    telemetry::Facts facts_;
    std::vector<std::string> said_;
};

Task<void> waits_in_vain(asio::io_context& io, const test::TestDatabase& database) {
    const Told told{"pg.waited", "pg.refused"};
    Options options = database.options();
    options.exclusive_connections = 1;
    options.acquire_timeout = 100ms;
    options.facts = told.facts();
    Db db{io, options};
    co_await db.connect();
    Tx holder = co_await db.begin();
    EXPECT_TRUE(told.said().empty()) << "who finds a connection does not wait";
    EXPECT_THROW(co_await db.begin(), Unavailable);
    EXPECT_EQ(told.said(), (std::vector<std::string>{"pg.refused exclusive"}));
    co_await holder.commit();
}

Task<void> tells_who_has_a_connection(asio::io_context& io, const test::TestDatabase& database) {
    const Told told{"pg.taken", "pg.given_back"};
    Options options = database.options();
    options.facts = told.facts();
    Db db{io, options};
    co_await db.query(make_sql);
    EXPECT_TRUE(told.said().empty()) << "the connections of short statements are nobody's own";
    {
        Tx tx = co_await db.begin();
        co_await tx.query(insert_sql, 1, 1);
        EXPECT_EQ(told.said(), (std::vector<std::string>{"pg.taken exclusive"}));
    }
    co_await db.query_slow(count_sql);
    EXPECT_EQ(told.said(),
              (std::vector<std::string>{"pg.taken exclusive", "pg.given_back exclusive",
                                        "pg.taken slow", "pg.given_back slow"}));
}

Task<void> times_answers(asio::io_context& io, const test::TestDatabase& database) {
    std::vector<std::string> answered;
    std::chrono::duration<double> longest{0};
    Options options = database.options();
    options.on_answer = [&](std::string_view statement, std::chrono::duration<double> took) {
        answered.emplace_back(statement);
        longest = std::max(longest, took);
    };
    Db db{io, options};
    co_await db.query(make_sql);
    {
        Tx tx = co_await db.begin();
        tx.enqueue(insert_sql, 1, 1);
        co_await tx.query(count_sql);
        co_await tx.commit();
    }
    EXPECT_EQ(answered, (std::vector<std::string>{"test.make", "test.count", "pg.commit"}))
        << "what went together counts as its last statement";
    co_await db.query(sleep_sql);
    EXPECT_GE(longest, 50ms);
    EXPECT_THROW(co_await db.query(insert_sql, 1, 1), Error);
    EXPECT_EQ(answered.back(), "test.insert");
}

Task<void> tell_and_abandon(Db& db) {
    Tx tx = co_await db.begin();
    co_await tx.query(insert_sql, 3, 3);
    tx.tell("booked", {});
    throw std::runtime_error("changed my mind");
}

Task<void> tells_after_commit(asio::io_context& io, const test::TestDatabase& database) {
    const Told told{"booked", "refused"};
    Options options = database.options();
    options.facts = told.facts();
    Db db{io, options};
    co_await db.query(make_sql);
    EXPECT_THROW(co_await tell_and_abandon(db), std::runtime_error);
    EXPECT_TRUE(told.said().empty()) << "what is rolled back never happened";
    Tx tx = co_await db.begin();
    co_await tx.query(insert_sql, 1, 1);
    tx.tell("booked", {});
    tx.tell("nobody.watches", {});
    tx.tell("booked", {});
    db.tell("refused", {});
    EXPECT_EQ(told.said(), (std::vector<std::string>{"refused"}));
    co_await tx.commit();
    EXPECT_EQ(told.said(), (std::vector<std::string>{"refused", "booked", "booked"}));
}

class PgTx : public testing::Test {
protected:
    test::TestDatabase database_;
};

TEST_F(PgTx, CommitsABatchAndTellsThen) { database_.run(commits); }
TEST_F(PgTx, RowsOfOneStatementLeaveTogether) { database_.run(rows_leave_together); }
TEST_F(PgTx, DestroyedRollsBackAtOnce) { database_.run(rolls_back); }
TEST_F(PgTx, NothingDoneIsNothingToCommit) { database_.run(empty_commit); }
TEST_F(PgTx, ViolationNamesItsConstraint) { database_.run(names_the_constraint); }
TEST_F(PgTx, EnqueuedFailureSurfaces) { database_.run(enqueued_failure_surfaces); }
TEST_F(PgTx, HundredAtOnceShareSixConnections) { database_.run(runs_hundred); }
TEST_F(PgTx, DeadlockCanBeRetried) { database_.run(deadlocks_can_be_retried); }
TEST_F(PgTx, AllInUseIsUnavailable) {
    test::run_task([&](asio::io_context& io) { return waits_in_vain(io, database_); });
}
TEST_F(PgTx, WhoHasAConnectionIsTold) {
    test::run_task([&](asio::io_context& io) { return tells_who_has_a_connection(io, database_); });
}
TEST_F(PgTx, AnswersAreTimed) {
    test::run_task([&](asio::io_context& io) { return times_answers(io, database_); });
}
TEST_F(PgTx, FactsAreToldAfterTheCommit) {
    test::run_task([&](asio::io_context& io) { return tells_after_commit(io, database_); });
}
TEST_F(PgTx, TouchingAnotherNumberOfRowsAborts) {
    EXPECT_DEATH(database_.run(touch_none), "test.add touched 0 rows");
}

}  // namespace
}  // namespace taama::pg
