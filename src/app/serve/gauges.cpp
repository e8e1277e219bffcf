#include "app/serve/gauges.hpp"

#include "app/serve/process_gauges.hpp"
#include "platform/timer.hpp"

namespace taama::app {

namespace {

constexpr Seconds interval{5};

// A database that is away, or too busy to answer, leaves the last values.
Task<void> read(pg::Db& db, telemetry::StateGauges& gauges, UtcTime now) {
    try {
        const pg::Rows rows = co_await db.query_slow(gauges.sql(), now);
        gauges.show(rows.all<telemetry::StateRow>());
    } catch (const pg::Unavailable&) {
    }
}

}  // namespace

Task<void> keep_gauges(pg::Db& db, Process& process) {
    telemetry::Gauge& waiting = process.metrics.gauge("argon2_queue_depth");
    process.metrics.describe("argon2_queue_depth", "Passwords and images that wait for a thread");
    telemetry::Gauge& trips = process.metrics.gauge("carpool_index_trips");
    process.metrics.describe("carpool_index_trips", "Open trips in the memory of this node");
    telemetry::Gauge& lag = process.metrics.gauge("carpool_index_lag_seconds");
    process.metrics.describe("carpool_index_lag_seconds",
                             "How old the news of other nodes' trips may be");
    ProcessGauges of_process{process.metrics};
    for (Seconds passed{0};; passed += interval) {
        of_process.show();
        waiting.set(static_cast<double>(process.work_pool.waiting()));
        trips.set(static_cast<double>(process.trip_index.trips()));
        lag.set(process.trip_index.lag().count());
        for (telemetry::StateGauges& gauges : process.instruments.states())
            if (passed % gauges.every() == Seconds{0})
                co_await read(db, gauges, process.clock.now());
        co_await sleep_for(interval);
    }
}

}  // namespace taama::app
