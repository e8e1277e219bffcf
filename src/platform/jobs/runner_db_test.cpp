#include <fmt/format.h>
#include <gtest/gtest.h>

#include <boost/asio/steady_timer.hpp>

#include <stdexcept>

#include "platform/jobs/job_store.hpp"
#include "platform/jobs/jobs.hpp"
#include "platform/jobs/schedule.hpp"
#include "platform/jobs/upkeep.hpp"
#include "tests/support/database.hpp"

namespace taama::jobs {
namespace {

constexpr pg::Sql job_sql{"test.job", R"sql(
    select status, attempts, extract(epoch from run_at - $1::timestamptz)::float8,
           coalesce(last_error, '')
      from platform.jobs)sql"};
constexpr pg::Sql count_sql{"test.count_jobs", "select count(*) from platform.jobs"};
constexpr pg::Sql dead_events_sql{"test.dead_events", R"sql(
    select payload->>'name' from platform.outbox where name = 'job.dead')sql"};
constexpr pg::Sql pause_sql{"test.pause", "update platform.schedules set paused = $1"};
constexpr pg::Sql schedule_sql{"test.schedule", "select last_status from platform.schedules"};
constexpr pg::Sql age_jobs_sql{
    "test.age_jobs", "update platform.jobs set finished_at = finished_at - interval '15 days'"};

struct World {
    asio::io_context& io;
    pg::Db& db;
    Clock clock = {};
    Registry registry = {};
    int runs = 0;

    Runner runner() { return Runner{io, db, clock, registry, {}}; }
};

Task<void> put(World& world, std::string name, When when = {}) {
    pg::Tx tx = co_await world.db.begin();
    enqueue(tx, name, {{"x", 1}}, world.clock.now(), std::move(when));
    co_await tx.commit();
}

// Fails on its first `failures` runs.
Task<void> fail_at_first(World& world, int failures) {
    if (++world.runs <= failures) throw std::runtime_error("no luck");
    co_return;
}

Handler failing(World& world, int failures) {
    return [&world, failures](const Job&) { return fail_at_first(world, failures); };
}

struct JobState {
    std::string status;
    int attempts;
    double delay;
    std::string error;
};

Task<JobState> state_of_job(World& world) {
    const pg::Rows rows = co_await world.db.query(job_sql, world.clock.now());
    EXPECT_EQ(rows.size(), 1);
    co_return JobState{rows[0].get<std::string>(0), rows[0].get<int>(1), rows[0].get<double>(2),
                       rows[0].get<std::string>(3)};
}

Task<void> retries(asio::io_context& io, pg::Db& db) {
    World world{io, db};
    world.registry.on("test.job", failing(world, 1));
    Runner runner = world.runner();
    co_await put(world, "test.job");
    EXPECT_EQ(co_await runner.run_due(), 1);
    JobState job = co_await state_of_job(world);
    EXPECT_EQ(job.status, "queued");
    EXPECT_EQ(job.error, "no luck");
    EXPECT_NEAR(job.delay, 5, 1.01);
    EXPECT_EQ(co_await runner.run_due(), 0);
    world.clock.advance(7s);
    EXPECT_EQ(co_await runner.run_due(), 1);
    job = co_await state_of_job(world);
    EXPECT_EQ(job.status, "done");
    EXPECT_EQ(job.attempts, 2);
    EXPECT_EQ(job.error, "");
}

Task<void> dies(asio::io_context& io, pg::Db& db) {
    World world{io, db};
    world.registry.on("test.job", failing(world, 100));
    Runner runner = world.runner();
    co_await put(world, "test.job", {.run_at = {}, .dedupe_key = {}, .max_attempts = 2});
    EXPECT_EQ(co_await runner.run_due(), 1);
    world.clock.advance(1h);
    EXPECT_EQ(co_await runner.run_due(), 1);
    EXPECT_EQ((co_await state_of_job(world)).status, "dead");
    EXPECT_EQ((co_await db.query(dead_events_sql)).one<std::string>(), "test.job");
    world.clock.advance(1h);
    EXPECT_EQ(co_await runner.run_due(), 0);
}

Task<void> dedupes(asio::io_context& io, pg::Db& db) {
    World world{io, db};
    world.registry.on("test.job", failing(world, 0));
    Runner runner = world.runner();
    const When once{.run_at = {}, .dedupe_key = "a"};
    co_await put(world, "test.job", once);
    co_await put(world, "test.job", once);
    EXPECT_EQ((co_await db.query(count_sql)).one<int>(), 1);
    EXPECT_EQ(co_await runner.run_due(), 1);
    co_await put(world, "test.job", once);
    EXPECT_EQ((co_await db.query(count_sql)).one<int>(), 2);
}

Task<void> leaves_others_alone(asio::io_context& io, pg::Db& db) {
    World world{io, db};
    world.registry.on("test.job", failing(world, 0));
    Runner runner = world.runner();
    co_await put(world, "test.foreign");
    co_await put(world, "test.job", {.run_at = world.clock.now() + 60s});
    EXPECT_EQ(co_await runner.run_due(), 0);
    world.clock.advance(60s);
    EXPECT_EQ(co_await runner.run_due(), 1);
}

// A worker takes the job and vanishes; another one finds it when the lease is over.
Task<void> recovers(asio::io_context& io, pg::Db& db) {
    World world{io, db};
    world.registry.on("test.job", failing(world, 0));
    Runner runner = world.runner();
    co_await put(world, "test.job", {.run_at = {}, .dedupe_key = {}, .max_attempts = 2});
    const std::vector<std::string> names{"test.job"};
    EXPECT_EQ((co_await take_jobs(db, {"gone", world.clock.now(), 60s}, names, 1)).size(), 1u);
    EXPECT_EQ(co_await runner.run_due(), 0);
    world.clock.advance(61s);
    EXPECT_EQ(co_await runner.run_due(), 1);
    const JobState job = co_await state_of_job(world);
    EXPECT_EQ(job.status, "done");
    EXPECT_EQ(job.attempts, 2);
}

Task<void> buries_lost(asio::io_context& io, pg::Db& db) {
    World world{io, db};
    world.registry.on("test.job", failing(world, 0));
    Runner runner = world.runner();
    co_await put(world, "test.job", {.run_at = {}, .dedupe_key = {}, .max_attempts = 1});
    const std::vector<std::string> names{"test.job"};
    co_await take_jobs(db, {"gone", world.clock.now(), 60s}, names, 1);
    world.clock.advance(61s);
    EXPECT_EQ(co_await runner.run_due(), 0);
    EXPECT_EQ((co_await state_of_job(world)).status, "dead");
    EXPECT_EQ((co_await db.query(dead_events_sql)).size(), 1);
}

// What one worker did not finish in time is no longer its own to finish.
Task<void> late_outcome_is_ignored(asio::io_context& io, pg::Db& db) {
    World world{io, db};
    co_await put(world, "test.job");
    const std::vector<std::string> names{"test.job"};
    const UtcTime now = world.clock.now();
    const auto first = co_await take_jobs(db, {"slow", now, 60s}, names, 1);
    co_await recover_lost_jobs(db, {"fast", now + 61s, 60s});
    const auto second = co_await take_jobs(db, {"fast", now + 61s, 60s}, names, 1);
    EXPECT_EQ(second.at(0).attempts, 2);
    co_await save_queued_again(db, {first.at(0).id, 1, "slow", now + 62s}, now + 99s, "late");
    EXPECT_EQ((co_await state_of_job(world)).status, "running");
}

Task<void> wait(asio::io_context& io, std::chrono::milliseconds time) {
    asio::steady_timer timer{io, time};
    co_await timer.async_wait(use_task);
}

Task<void> wakes_on_commit(asio::io_context& io, pg::Db& db) {
    World world{io, db};
    world.registry.on("test.job", failing(world, 0));
    Runner runner{io, db, world.clock, world.registry, {.concurrency = 2, .poll = 60s}};
    runner.start();
    co_await wait(io, 100ms);
    const auto asked_at = std::chrono::steady_clock::now();
    for (int i = 0; i < 10; ++i) co_await put(world, "test.job");
    while (world.runs < 10 && std::chrono::steady_clock::now() < asked_at + 5s)
        co_await wait(io, 1ms);
    EXPECT_LT(std::chrono::steady_clock::now() - asked_at, 2s);
    co_await runner.stop(5s);
    EXPECT_EQ(world.runs, 10);
}

Task<void> run_long(World& world) {
    co_await wait(world.io, 200ms);
    ++world.runs;
}

Task<void> stops_gracefully(asio::io_context& io, pg::Db& db) {
    World world{io, db};
    world.registry.on("test.long", [&world](const Job&) { return run_long(world); });
    Runner runner = world.runner();
    runner.start();
    co_await put(world, "test.long");
    co_await wait(io, 100ms);
    const auto asked_at = std::chrono::steady_clock::now();
    co_await runner.stop(5s);
    EXPECT_LT(std::chrono::steady_clock::now() - asked_at, 2s);
    EXPECT_EQ(world.runs, 1);
    EXPECT_EQ((co_await state_of_job(world)).status, "done");
}

Task<void> runs_schedules(asio::io_context& io, pg::Db& db) {
    World world{io, db};
    world.registry.schedule("test.tick", Every{60s}, [&world] { return fail_at_first(world, 1); });
    Runner runner = world.runner();
    EXPECT_EQ(co_await runner.run_due(), 1);
    EXPECT_EQ((co_await db.query(schedule_sql)).one<std::string>(), "no luck");
    EXPECT_EQ(co_await runner.run_due(), 0);
    world.clock.advance(60s);
    EXPECT_EQ(co_await runner.run_due(), 1);
    EXPECT_EQ((co_await db.query(schedule_sql)).one<std::string>(), "ok");
    co_await db.query(pause_sql, true);
    world.clock.advance(60s);
    EXPECT_EQ(co_await runner.run_due(), 0);
    co_await db.query(pause_sql, false);
    EXPECT_EQ(co_await runner.run_due(), 1);
    // After the clock was set back it goes on at once.
    world.clock.advance(-24h);
    EXPECT_EQ(co_await runner.run_due(), 1);
    EXPECT_EQ(co_await runner.run_due(), 0);
}

Task<void> one_node_runs_it(asio::io_context& io, pg::Db& db) {
    World world{io, db};
    world.registry.schedule("test.tick", Every{60s}, [&world] { return fail_at_first(world, 0); });
    Runner here = world.runner();
    Runner there = world.runner();
    EXPECT_EQ(co_await here.run_due() + co_await there.run_due(), 1);
    world.clock.advance(60s);
    const UtcTime now = world.clock.now();
    EXPECT_TRUE(co_await claim_schedule(db, {"other", now, 60s}, "test.tick"));
    EXPECT_FALSE(co_await claim_schedule(db, {"third", now, 60s}, "test.tick"));
    EXPECT_EQ(co_await here.run_due(), 0);
    world.clock.advance(61s);
    EXPECT_EQ(co_await here.run_due(), 1);
}

Task<void> prunes(asio::io_context& io, pg::Db& db) {
    World world{io, db};
    world.registry.on("test.job", failing(world, 0));
    schedule_upkeep(world.registry, db, world.clock);
    Runner runner = world.runner();
    co_await put(world, "test.job");
    EXPECT_EQ(co_await runner.run_due(), 1);
    world.clock.advance(24h);
    EXPECT_EQ(co_await runner.run_due(), 3);
    EXPECT_EQ((co_await db.query(count_sql)).one<int>(), 1);
    co_await db.query(age_jobs_sql);
    world.clock.advance(24h);
    EXPECT_EQ(co_await runner.run_due(), 3);
    EXPECT_EQ((co_await db.query(count_sql)).one<int>(), 0);
}

Task<void> tells_how_runs_end(asio::io_context& io, const test::TestDatabase& database) {
    std::vector<std::string> told;
    telemetry::Facts facts;
    facts.watch("job.ended", [&](const telemetry::Details& details) {
        told.push_back(fmt::format("{} {}", details.at("name").as_string().c_str(),
                                   details.at("result").as_string().c_str()));
    });
    facts.watch("job.dead", [&](const telemetry::Details& details) {
        told.push_back(fmt::format("{} dead", details.at("name").as_string().c_str()));
    });
    pg::Options options = database.options();
    options.facts = &facts;
    pg::Db db{io, options};
    World world{io, db};
    world.registry.on("test.job", failing(world, 1));
    world.registry.on("test.hopeless", failing(world, 100));
    Runner runner = world.runner();
    co_await put(world, "test.job");
    co_await runner.run_due();
    world.clock.advance(7s);
    co_await runner.run_due();
    world.runs = 0;
    co_await put(world, "test.hopeless", {.run_at = {}, .dedupe_key = {}, .max_attempts = 1});
    co_await runner.run_due();
    EXPECT_EQ(told,
              (std::vector<std::string>{"test.job failed", "test.job done", "test.hopeless dead"}));
}

class JobRunner : public testing::Test {
protected:
    test::TestDatabase database_;
};

TEST_F(JobRunner, RetriesAfterAPause) { database_.run(retries); }
TEST_F(JobRunner, TellsHowRunsEnd) {
    test::run_task([&](asio::io_context& io) { return tells_how_runs_end(io, database_); });
}
TEST_F(JobRunner, DiesAfterTheLastAttempt) { database_.run(dies); }
TEST_F(JobRunner, OneOfAKeyWaits) { database_.run(dedupes); }
TEST_F(JobRunner, TakesOnlyWhatIsDueAndKnown) { database_.run(leaves_others_alone); }
TEST_F(JobRunner, RecoversAVanishedWorkersJob) { database_.run(recovers); }
TEST_F(JobRunner, BuriesWhatVanishedOnItsLastAttempt) { database_.run(buries_lost); }
TEST_F(JobRunner, IgnoresALateOutcome) { database_.run(late_outcome_is_ignored); }
TEST_F(JobRunner, WakesOnCommit) { database_.run(wakes_on_commit); }
TEST_F(JobRunner, StopWaitsForWhatRuns) { database_.run(stops_gracefully); }
TEST_F(JobRunner, SchedulesRunInTimeUnlessPaused) { database_.run(runs_schedules); }
TEST_F(JobRunner, OneNodeRunsASchedule) { database_.run(one_node_runs_it); }
TEST_F(JobRunner, UpkeepPrunes) { database_.run(prunes); }

}  // namespace
}  // namespace taama::jobs
