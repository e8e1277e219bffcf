#include "app/metrics.hpp"

#include "app/build_info.hpp"
#include "app/http/process_routes.hpp"
#include "modules/carpool/metrics.hpp"
#include "modules/files/metrics.hpp"
#include "modules/identity/metrics.hpp"
#include "modules/ledger/metrics.hpp"
#include "modules/messaging/metrics.hpp"
#include "modules/notifications/metrics.hpp"
#include "modules/payments/metrics.hpp"

namespace taama::app {

namespace {

constexpr Seconds often{5};

PG_STATEMENT constexpr pg::Sql read_backlog_sql{"app.read_backlog", R"sql(
    select 'outbox_pending' as gauge, '' as word, count(*)::float8 as value
      from platform.outbox where delivered_at is null
    union all
    select 'outbox_lag_seconds', '', extract(epoch from $1::timestamptz - min(at))::float8
      from platform.outbox where delivered_at is null
    having min(at) < $1
    union all
    select 'job_lag_seconds', '', extract(epoch from $1::timestamptz - min(run_at))::float8
      from platform.jobs where status = 'queued'
    having min(run_at) < $1
    union all
    select 'jobs_queued', '', count(*)::float8 from platform.jobs where status = 'queued'
    union all
    select 'jobs_dead', '', count(*)::float8 from platform.jobs where status = 'dead')sql"};

void add_limits(telemetry::Instruments& instruments) {
    instruments.count(
        "rate.limited",
        instruments.counters("rate_limited_total", "Calls above a limit",
                             {{"class",
                               {"anonymous", "user", "staff", "ws_connect", "ws_message", "login",
                                "auth", "upload", "search", "booking", "webhook"}}}));
    const auto sockets =
        instruments.gauges("ws_connections", "Sockets that are open",
                           {{"path", {"/ws/bookings/{id}", "/ws/trips/{id}/driver-location"}}});
    instruments.level("socket.opened", sockets, 1);
    instruments.level("socket.closed", sockets, -1);
}

void add_requests(telemetry::Metrics& metrics) {
    metrics.describe("http_requests_total", "Requests answered, by operation and status");
    metrics.describe("http_request_duration_seconds", "From a request's last byte to its answer");
    metrics.describe("http_requests_in_flight", "Requests that are being answered");
    metrics.describe(
        "http_bytes_total",
        "Bytes of messages on the wire with their headers, by the encoding of the body");
    metrics.describe("build_info", "What runs here");
    metrics
        .gauge("build_info",
               {{"version", std::string{program_version}}, {"commit", std::string{build_commit()}}})
        .set(1);
}

void add_database(telemetry::Instruments& instruments) {
    const telemetry::Label kind{"kind", {"shared", "exclusive", "slow", "long"}};
    const telemetry::Naming naming{.words = {}, .details = {{"kind", "lane"}}};
    instruments.observe(
        "pg.waited",
        instruments.histograms("pg_pool_wait_seconds",
                               "Waits for a connection, of those who found none free", {kind}),
        "seconds", naming);
    instruments.count("pg.refused",
                      instruments.counters("pg_pool_refused_total",
                                           "Waits that ended without a connection", {kind}),
                      naming);
    instruments.read(read_backlog_sql, often,
                     {{"outbox_pending", "Events that were not delivered yet"},
                      {"outbox_lag_seconds", "Age of the oldest of them"},
                      {"job_lag_seconds", "How long the first of the jobs that are due waits"},
                      {"jobs_queued", "Jobs that wait"},
                      {"jobs_dead", "Jobs that failed for the last time"}});
}

}  // namespace

void add_metrics(telemetry::Instruments& instruments, telemetry::Metrics& metrics) {
    add_requests(metrics);
    add_limits(instruments);
    add_database(instruments);
    identity::add_metrics(instruments);
    files::add_metrics(instruments);
    notifications::add_metrics(instruments);
    ledger::add_metrics(instruments);
    payments::add_metrics(instruments, {.methods = {"wave"}, .providers = {"wave"}});
    messaging::add_metrics(instruments);
    carpool::add_metrics(instruments);
}

}  // namespace taama::app
