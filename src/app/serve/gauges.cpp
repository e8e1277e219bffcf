#include "app/serve/gauges.hpp"

#include "app/build_info.hpp"
#include "platform/timer.hpp"

namespace taama::app {

namespace {

constexpr Seconds interval{5};

struct Backlog {
    std::int64_t outbox_pending;
    std::int64_t jobs_queued;
    std::int64_t jobs_dead;
    std::int64_t ledger_imbalance;
};
BOOST_DESCRIBE_STRUCT(Backlog, (), (outbox_pending, jobs_queued, jobs_dead, ledger_imbalance))

PG_STATEMENT constexpr pg::Sql read_backlog_sql{"app.read_backlog", R"sql(
    select (select count(*) from platform.outbox where delivered_at is null) as outbox_pending,
           (select count(*) from platform.jobs where status = 'queued') as jobs_queued,
           (select count(*) from platform.jobs where status = 'dead') as jobs_dead,
           coalesce((select jsonb_array_length(findings)
                       from ledger.check_run
                      order by started_at desc
                      limit 1), 0)::bigint as ledger_imbalance)sql"};

void show(telemetry::Metrics& metrics, const Backlog& backlog) {
    metrics.gauge("outbox_pending").set(static_cast<double>(backlog.outbox_pending));
    metrics.gauge("jobs_queued").set(static_cast<double>(backlog.jobs_queued));
    metrics.gauge("jobs_dead").set(static_cast<double>(backlog.jobs_dead));
    metrics.gauge("ledger_imbalance").set(static_cast<double>(backlog.ledger_imbalance));
}

}  // namespace

void declare_gauges(telemetry::Metrics& metrics) {
    metrics.describe("outbox_pending", "Events that were not delivered yet");
    metrics.describe("jobs_queued", "Jobs that wait");
    metrics.describe("jobs_dead", "Jobs that failed for the last time");
    metrics.describe("ledger_imbalance", "Violations found by the last check of the books");
    metrics.describe("build_info", "What runs here");
    metrics
        .gauge("build_info",
               {{"version", std::string{program_version}}, {"commit", std::string{build_commit()}}})
        .set(1);
    show(metrics, {});
}

Task<void> keep_gauges(pg::Db& db, telemetry::Metrics& metrics) {
    while (true) {
        // A database that is away leaves the last values.
        try {
            const pg::Rows rows = co_await db.query_slow(read_backlog_sql);
            show(metrics, rows.one<Backlog>());
        } catch (const pg::Unavailable&) {
        }
        co_await sleep_for(interval);
    }
}

}  // namespace taama::app
