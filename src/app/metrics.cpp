#include "app/metrics.hpp"

#include <array>
#include <limits>

#include "app/build_info.hpp"
#include "app/http/process_routes.hpp"
#include "modules/carpool/metrics.hpp"
#include "modules/files/metrics.hpp"
#include "modules/identity/metrics.hpp"
#include "modules/ledger/metrics.hpp"
#include "modules/messaging/metrics.hpp"
#include "modules/notifications/metrics.hpp"
#include "modules/payments/metrics.hpp"
#include "platform/http_client/client.hpp"

namespace taama::app {

namespace {

constexpr Seconds often{5};
constexpr double never = std::numeric_limits<double>::quiet_NaN();

constexpr const char* job_lag = "job_lag_seconds";
constexpr const char* jobs_queued = "jobs_queued";
constexpr const char* jobs_dead = "jobs_dead";
constexpr const char* jobs_total = "jobs_total";
constexpr const char* last_success = "schedule_last_success_seconds";
constexpr std::array<const char*, 3> job_results{"done", "failed", "dead"};

PG_STATEMENT constexpr pg::Sql read_backlog_sql{"app.read_backlog", R"sql(
    select 'outbox_pending' as gauge, '' as word, count(*)::float8 as value
      from platform.outbox where delivered_at is null
    union all
    select 'outbox_lag_seconds', '', extract(epoch from $1::timestamptz - min(at))::float8
      from platform.outbox where delivered_at is null
    having min(at) < $1
    union all
    select 'job_lag_seconds', name, extract(epoch from $1::timestamptz - min(run_at))::float8
      from platform.jobs where status = 'queued'
     group by name
    having min(run_at) < $1
    union all
    select 'jobs_queued', name, count(*)::float8 from platform.jobs where status = 'queued'
     group by name
    union all
    select 'jobs_dead', name, count(*)::float8 from platform.jobs where status = 'dead'
     group by name)sql"};

PG_STATEMENT constexpr pg::Sql read_schedules_sql{"app.read_schedules", R"sql(
    select 'schedule_last_success_seconds' as gauge, name as word,
           extract(epoch from last_success_at)::float8 as value
      from platform.schedules
     where last_success_at <= $1)sql"};

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
    const auto taken =
        instruments.gauges("pg_pool_in_use", "Connections that somebody has to himself",
                           {{"kind", {"shared", "exclusive", "slow", "long"}}});
    instruments.level("pg.taken", taken, 1, naming);
    instruments.level("pg.given_back", taken, -1, naming);
}

void add_backlog(telemetry::Instruments& instruments) {
    const telemetry::Label name = telemetry::any_word("name");
    instruments.read(read_backlog_sql, often,
                     {{"outbox_pending", "Events that were not delivered yet"},
                      {"outbox_lag_seconds", "Age of the oldest of them"},
                      {job_lag, "How long the first of the jobs that are due waits", {name}},
                      {jobs_queued, "Jobs that wait", {name}},
                      {jobs_dead, "Jobs that failed for the last time", {name}}});
    instruments.read(read_schedules_sql, often,
                     {{last_success, "When a schedule last ran well, Unix time", {name}, never}});
    const auto ended =
        instruments.counters(jobs_total, "Runs of jobs and schedules that ended here",
                             {name, {"result", {job_results.begin(), job_results.end()}}});
    instruments.count("job.ended", ended);
    instruments.count("job.dead", ended, {.words = {{"result", "dead"}}});
}

// What providers' clients are asked goes by their name.
void add_calls(telemetry::Instruments& instruments, std::vector<std::string> providers) {
    const telemetry::Label provider{"provider", std::move(providers)};
    telemetry::Label result = telemetry::label_of<http_client::FailureKind>("result");
    for (const char* answered : {"1xx", "2xx", "3xx", "4xx", "5xx"})
        result.words.emplace_back(answered);
    instruments.count("provider.called",
                      instruments.counters("provider_requests_total", "Our calls of providers",
                                           {provider, std::move(result)}));
    instruments.observe(
        "provider.called",
        instruments.histograms("provider_seconds", "From our call to the answer", {provider}),
        "seconds");
}

}  // namespace

void add_metrics(telemetry::Instruments& instruments, telemetry::Metrics& metrics) {
    const std::vector<std::string> providers{"wave"};
    add_requests(metrics);
    add_limits(instruments);
    add_database(instruments);
    add_backlog(instruments);
    add_calls(instruments, providers);
    identity::add_metrics(instruments);
    files::add_metrics(instruments);
    notifications::add_metrics(instruments);
    ledger::add_metrics(instruments);
    payments::add_metrics(instruments, {.methods = {"wave"}, .providers = providers});
    messaging::add_metrics(instruments);
    carpool::add_metrics(instruments);
}

void show_jobs(telemetry::Metrics& metrics, const jobs::Registry& registry) {
    const auto show_results = [&](const std::string& name) {
        for (const char* result : job_results)
            metrics.counter(jobs_total, {{"name", name}, {"result", result}});
    };
    for (const auto& [name, handler] : registry.handlers()) {
        show_results(name);
        for (const char* gauge : {job_lag, jobs_queued, jobs_dead})
            metrics.gauge(gauge, {{"name", name}});
    }
    for (const jobs::Registry::Schedule& schedule : registry.schedules()) {
        show_results(schedule.name);
        metrics.gauge(last_success, {{"name", schedule.name}}).set(never);
    }
}

}  // namespace taama::app
