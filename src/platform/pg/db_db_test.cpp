#include "platform/pg/db.hpp"

#include <gtest/gtest.h>
#include <signal.h>

#include <boost/asio/steady_timer.hpp>

#include "platform/pg/blocking.hpp"
#include "platform/pg/tx.hpp"
#include "platform/task_group.hpp"
#include "tests/support/database.hpp"

namespace taama::pg {
namespace {

constexpr Sql echo_sql{"test.echo", "select $1::int"};
constexpr Sql divide_sql{"test.divide", "select 100 / $1::int"};
constexpr Sql null_sql{"test.null", "select null::text as name"};
constexpr Sql numbers_sql{"test.numbers", "select generate_series(1, $1::int) as n"};
constexpr Sql sleep_sql{"test.sleep", "select pg_sleep($1::float8)"};
constexpr Sql nonsense_sql{"test.nonsense", "select nothing from nowhere where id = $1::int"};
constexpr Sql backend_sql{"test.backend", "select pg_backend_pid()"};
constexpr Sql point_sql{"test.point", "select $1::geography"};
constexpr Sql notify_sql{"test.notify", "select pg_notify($1, $2)"};
constexpr Sql make_deferred_sql{"test.make_deferred", R"sql(
    create table deferred_values (
        id int constraint deferred_id unique deferrable initially deferred))sql"};
constexpr Sql insert_deferred_sql{
    "test.insert_deferred", "insert into deferred_values select 7 from generate_series(1, $1)"};

using Steady = std::chrono::steady_clock;

Task<void> wait(std::chrono::milliseconds time) {
    asio::steady_timer timer{co_await asio::this_coro::executor, time};
    co_await timer.async_wait(use_task);
}

void terminate_backends(const test::TestDatabase& database) {
    BlockingConnection{database.url()}.run("kill", R"sql(
        select pg_terminate_backend(pid)
          from pg_stat_activity
         where datname = current_database() and pid <> pg_backend_pid())sql");
}

// Refuses connections to the database, as if PostgreSQL were away.
void set_reachable(const test::TestDatabase& database, bool is_reachable) {
    const std::string& url = database.url();
    const std::string name = url.substr(url.find("///") + 3, url.find('?') - url.find("///") - 3);
    BlockingConnection admin{test::cluster_url()};
    admin.run_script("reach", "alter database " + name + " allow_connections " +
                                  (is_reachable ? "true" : "false"));
    if (!is_reachable)
        admin.run("kill",
                  "select pg_terminate_backend(pid) from pg_stat_activity where datname = $1",
                  {name});
}

Task<void> expect_echo(Db& db, int value, std::vector<int>& order) {
    const Rows rows = co_await db.query(echo_sql, value);
    EXPECT_EQ(rows.one<int>(), value);
    order.push_back(value);
}

Task<void> answers_in_order(asio::io_context& io, Db& db) {
    co_await db.connect();
    TaskGroup group{io};
    std::vector<int> order;
    std::vector<int> expected;
    for (int i = 0; i < 1000; ++i) {
        group.spawn("echo", expect_echo(db, i, order));
        expected.push_back(i);
    }
    co_await group.wait();
    EXPECT_EQ(order, expected);
}

Task<void> divide(Db& db, int divisor, int& failures) {
    try {
        EXPECT_EQ((co_await db.query(divide_sql, divisor)).one<int>(), 100 / divisor);
    } catch (const Error& error) {
        EXPECT_EQ(error.sqlstate, "22012");
        EXPECT_EQ(error.statement, "test.divide");
        ++failures;
    }
}

Task<void> isolates_errors(asio::io_context& io, Db& db) {
    TaskGroup group{io};
    int failures = 0;
    for (int i = 0; i < 100; ++i) group.spawn("divide", divide(db, i % 10, failures));
    co_await group.wait();
    EXPECT_EQ(failures, 10);
}

Task<void> expect_unknown_table(Db& db, int& failures) {
    try {
        co_await db.query(nonsense_sql, 1);
    } catch (const Error& error) {
        EXPECT_EQ(error.sqlstate, "42P01");
        ++failures;
    }
}

// Each says why, also those that counted on the preparation of the first.
Task<void> reports_unpreparable(asio::io_context& io, Db& db) {
    TaskGroup group{io};
    int failures = 0;
    for (int i = 0; i < 5; ++i) group.spawn("nonsense", expect_unknown_table(db, failures));
    co_await group.wait();
    EXPECT_EQ(failures, 5);
    EXPECT_EQ((co_await db.query(echo_sql, 1)).one<int>(), 1);
}

Task<void> reports_deferred_violation(Db& db) {
    co_await db.query(make_deferred_sql);
    co_await db.query(insert_deferred_sql, 1);
    try {
        co_await db.query(insert_deferred_sql, 1);
        ADD_FAILURE() << "stored twice";
    } catch (const Error& error) {
        EXPECT_EQ(error.sqlstate, "23505");
        EXPECT_EQ(error.constraint, "deferred_id");
    }
    EXPECT_EQ((co_await db.query(echo_sql, 2)).one<int>(), 2);
}

Task<void> reads_points(Db& db) {
    const LatLon abidjan{.lat = 5.359952, .lon = -4.008256};
    EXPECT_EQ((co_await db.query(point_sql, abidjan)).one<LatLon>(), abidjan);
}

Task<void> times_out(asio::io_context& io, const test::TestDatabase& database) {
    Options options = database.options();
    options.statement_timeout = 100ms;
    options.slow_statement_timeout = 5s;
    Db db{io, options};
    EXPECT_THROW(co_await db.query(sleep_sql, 5.0), Unavailable);
    EXPECT_EQ((co_await db.query_slow(sleep_sql, 0.2)).size(), 1);
    Tx tx = co_await db.begin();
    EXPECT_THROW(co_await tx.query(sleep_sql, 5.0), Unavailable);
}

// Neither PostgreSQL's time-out nor the watchdog of the connection ends it.
Task<void> lets_long_work_be(asio::io_context& io, const test::TestDatabase& database) {
    Options options = database.options();
    options.statement_timeout = options.slow_statement_timeout = 100ms;
    Db db{io, options};
    {
        Tx tx = co_await db.begin_long();
        EXPECT_EQ((co_await tx.query(sleep_sql, 2.5)).size(), 1);
        co_await tx.commit();
    }
    Tx again = co_await db.begin_long();
    EXPECT_EQ((co_await again.query(sleep_sql, 0.0)).size(), 1);
}

// What the data may do must not end the server.
Task<void> refuses_the_unexpected(asio::io_context&, Db& db) {
    const Rows none = co_await db.query(null_sql);
    EXPECT_THROW(none.one<std::string>(), UnexpectedAnswer);
    const Rows two = co_await db.query(numbers_sql, 2);
    EXPECT_THROW(two.one<int>(), UnexpectedAnswer);
    EXPECT_THROW(two.at_most_one<int>(), UnexpectedAnswer);
    const Rows empty = co_await db.query(numbers_sql, 0);
    EXPECT_THROW(empty.one<int>(), UnexpectedAnswer);
    EXPECT_EQ(empty.at_most_one<int>(), std::nullopt);
}

// The slow lane has one connection here; whoever waits gets it when the first is through.
Task<void> queues_slow_statements(asio::io_context& io, Db& db) {
    TaskGroup group{io};
    int done = 0;
    const auto one = [](Db& on, int& count) -> Task<void> {
        co_await on.query_slow(sleep_sql, 0.01);
        ++count;
    };
    for (int i = 0; i < 10; ++i) group.spawn("slow", one(db, done));
    co_await group.wait();
    EXPECT_EQ(done, 10);
}

Task<void> expect_lost(Db& db, Steady::time_point& lost_at) {
    EXPECT_THROW(co_await db.query(sleep_sql, 4.0), Unavailable);
    lost_at = Steady::now();
}

Task<void> survives_killed_backends(asio::io_context& io, Db& db,
                                    const test::TestDatabase& database) {
    co_await db.connect();
    TaskGroup group{io};
    Steady::time_point lost_at;
    group.spawn("sleeper", expect_lost(db, lost_at));
    Tx tx = co_await db.begin();
    co_await tx.query(echo_sql, 1);
    const auto killed_at = Steady::now();
    terminate_backends(database);
    co_await group.wait();
    EXPECT_LT(lost_at - killed_at, 500ms);
    EXPECT_THROW(co_await tx.query(echo_sql, 2), Unavailable);
    EXPECT_THROW(co_await tx.commit(), Unavailable);
    EXPECT_EQ((co_await db.query(echo_sql, 3)).one<int>(), 3);
    Tx next = co_await db.begin();
    EXPECT_EQ((co_await next.query(echo_sql, 4)).one<int>(), 4);
    co_await next.commit();
    EXPECT_LT(Steady::now() - killed_at, 1s);
}

Task<void> says_when_away(Db& db, const test::TestDatabase& database) {
    co_await db.connect();
    set_reachable(database, false);
    co_await wait(200ms);
    EXPECT_FALSE(db.is_up());
    const auto asked_at = Steady::now();
    EXPECT_THROW(co_await db.query(echo_sql, 1), Unavailable);
    EXPECT_THROW(co_await db.begin(), Unavailable);
    EXPECT_LT(Steady::now() - asked_at, 1'300ms);
    set_reachable(database, true);
    const auto back_at = Steady::now();
    for (bool is_served = false; !is_served;) {
        try {
            co_await db.query(echo_sql, 1);
            is_served = true;
        } catch (const Unavailable&) {
        }
    }
    EXPECT_LT(Steady::now() - back_at, 1s);
    EXPECT_TRUE(db.is_up());
}

// A backend that is stopped answers nothing, its own time-out included.
Task<void> gives_up_silent_backend(asio::io_context& io, const test::TestDatabase& database) {
    Options options = database.options();
    options.statement_timeout = 100ms;
    Db db{io, options};
    const pid_t backend = (co_await db.query(backend_sql)).one<pid_t>();
    if (kill(backend, SIGSTOP) != 0) co_return;  // PostgreSQL runs as somebody else
    const auto asked_at = Steady::now();
    EXPECT_THROW(co_await db.query(echo_sql, 1), Unavailable);
    EXPECT_LT(Steady::now() - asked_at, 2'500ms);
    EXPECT_EQ((co_await db.query(echo_sql, 2)).one<int>(), 2);
    kill(backend, SIGCONT);
}

Task<void> connect_fails(asio::io_context& io) {
    Db db{io, {.url = "postgresql:///nothing?host=/nowhere"}};
    EXPECT_THROW(co_await db.query(echo_sql, 1), Unavailable);
    EXPECT_FALSE(db.is_up());
}

Task<void> hears_notifications(Db& db, const test::TestDatabase& database) {
    std::vector<std::string> heard;
    db.listen("test_news", [&](std::string_view payload) { heard.emplace_back(payload); });
    for (int i = 0; heard.empty() && i < 200; ++i) {
        co_await db.query(notify_sql, "test_news", "first");
        co_await wait(10ms);
    }
    EXPECT_EQ(heard.empty() ? "" : heard.front(), "first");
    terminate_backends(database);
    heard.clear();
    for (int i = 0; heard.empty() && i < 200; ++i) co_await wait(10ms);
    EXPECT_EQ(heard, std::vector<std::string>{""});
    heard.clear();
    co_await db.query(notify_sql, "test_news", "second");
    for (int i = 0; heard.empty() && i < 200; ++i) co_await wait(10ms);
    EXPECT_EQ(heard, std::vector<std::string>{"second"});
}

Task<void> closes_with_waiting(asio::io_context& io, const test::TestDatabase& database) {
    TaskGroup group{io};
    {
        Db db{io, database.options()};
        co_await db.connect();
        const auto expect_closed = [](Db& on) -> Task<void> {
            EXPECT_THROW(co_await on.query(sleep_sql, 4.0), Unavailable);
        };
        for (int i = 0; i < 3; ++i) group.spawn("sleeper", expect_closed(db));
        co_await wait(20ms);
    }
    EXPECT_TRUE(co_await group.wait(1s));
}

// The io_context ends with everything still in flight: nothing may leak or crash.
Task<void> leaves_work_behind(asio::io_context& io, Db& db) {
    TaskGroup group{io};
    const auto hold = [](Db& on) -> Task<void> {
        Tx tx = co_await on.begin();
        co_await tx.query(sleep_sql, 3.0);
    };
    const auto ask = [](Db& on) -> Task<void> { co_await on.query(sleep_sql, 3.0); };
    for (int i = 0; i < 10; ++i) group.spawn("hold", hold(db));
    group.spawn("ask", ask(db));
    co_await wait(50ms);
}

class PgDb : public testing::Test {
protected:
    test::TestDatabase database_;
};

TEST_F(PgDb, AnswersPipelinedStatementsInOrder) { database_.run(answers_in_order); }
TEST_F(PgDb, AnErrorStaysWithItsStatement) { database_.run(isolates_errors); }
TEST_F(PgDb, StatementsThatCannotBePreparedSayWhy) { database_.run(reports_unpreparable); }
TEST_F(PgDb, DeferredViolationIsReported) { database_.run(reports_deferred_violation); }
TEST_F(PgDb, UnexpectedDataIsAnException) { database_.run(refuses_the_unexpected); }
TEST_F(PgDb, PointsTravelBothWays) { database_.run(reads_points); }
TEST_F(PgDb, SlowStatementsWaitForEachOther) { database_.run(queues_slow_statements); }
TEST_F(PgDb, LeavesWorkBehind) { database_.run(leaves_work_behind); }
TEST_F(PgDb, StatementTimeoutIsUnavailable) {
    test::run_task([&](asio::io_context& io) { return times_out(io, database_); });
}
TEST_F(PgDb, LongWorkIsLeftAlone) {
    test::run_task([&](asio::io_context& io) { return lets_long_work_be(io, database_); });
}
TEST_F(PgDb, ASilentBackendIsGivenUp) {
    test::run_task([&](asio::io_context& io) { return gives_up_silent_backend(io, database_); });
}
TEST_F(PgDb, KilledBackendsComeBack) {
    database_.run(
        [&](asio::io_context& io, Db& db) { return survives_killed_backends(io, db, database_); });
}
TEST_F(PgDb, AwayIsSaidSoonAndEndsSoon) {
    database_.run([&](Db& db) { return says_when_away(db, database_); });
}
TEST_F(PgDb, NotificationsSurviveALostConnection) {
    database_.run([&](Db& db) { return hears_notifications(db, database_); });
}
TEST_F(PgDb, ClosingFailsWhatWaits) {
    test::run_task([&](asio::io_context& io) { return closes_with_waiting(io, database_); });
}
TEST(PgDbUnreachable, IsUnavailable) {
    test::run_task([](asio::io_context& io) { return connect_fails(io); });
}

}  // namespace
}  // namespace taama::pg
