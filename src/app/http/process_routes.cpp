#include "app/http/process_routes.hpp"

#include <unistd.h>

#include "app/build_info.hpp"

namespace taama::app {

namespace {

struct LiveView {
    std::string status;
};
BOOST_DESCRIBE_STRUCT(LiveView, (), (status))

struct ReadyChecks {
    std::string database;
    std::string migrations;
    std::string jobs;
    std::string storage;
};
BOOST_DESCRIBE_STRUCT(ReadyChecks, (), (database, migrations, jobs, storage))

struct ReadyView {
    std::string status;
    ReadyChecks checks;
};
BOOST_DESCRIBE_STRUCT(ReadyView, (), (status, checks))

struct MinAppVersions {
    std::optional<std::string> client;
    std::optional<std::string> driver;
    std::optional<std::string> store;
};
BOOST_DESCRIBE_STRUCT(MinAppVersions, (), (client, driver, store))

struct VersionView {
    std::string name;
    std::string version;
    std::string api_version;
    std::string commit;
    std::string built_at;
    std::vector<std::string> modules;
    MinAppVersions min_app_versions;
};
BOOST_DESCRIBE_STRUCT(VersionView, (),
                      (name, version, api_version, commit, built_at, modules, min_app_versions))

PG_STATEMENT constexpr pg::Sql ping_sql{"platform.ping", "select 1"};

Task<http::Ok<LiveView>> get_live(const ProcessDeps&, http::Public) {
    co_return http::Ok<LiveView>{{"live"}};
}

Task<http::Ok<ReadyView>> get_ready(const ProcessDeps& deps, http::Public) {
    ReadyChecks checks;
    const auto word = [](bool good) { return std::string{good ? "ok" : "failed"}; };
    bool database = deps.db.is_up();
    if (database) {
        try {
            co_await deps.db.query(ping_sql);
        } catch (const pg::Unavailable&) {
            database = false;
        }
    }
    checks.database = word(database);
    checks.migrations = word(deps.state.migrated);
    checks.jobs = deps.jobs_expected ? word(deps.state.jobs_running) : "elsewhere";
    checks.storage = word(access(deps.storage_directory.c_str(), W_OK) == 0);
    const bool ready = !deps.state.draining && database && deps.state.migrated;
    if (!ready)
        throw Refusal{errors::unavailable,
                      {{"draining", deps.state.draining.load()},
                       {"database", checks.database},
                       {"migrations", checks.migrations}}}
            .after(1s);
    co_return http::Ok<ReadyView>{{"ready", std::move(checks)}};
}

Task<http::Raw> get_metrics(const ProcessDeps& deps, http::Public, http::Context& context) {
    if (!deps.may_read_metrics(context.request.remote_ip)) throw Refusal{errors::not_found};
    http::Raw raw;
    raw.content_type = "text/plain; version=0.0.4; charset=utf-8";
    raw.body = deps.metrics.render();
    co_return raw;
}

Task<http::Ok<VersionView>> get_version(const ProcessDeps& deps, http::Public) {
    co_return http::Ok<VersionView>{{"taama",
                                     std::string{program_version},
                                     std::string{api_version},
                                     std::string{build_commit()},
                                     std::string{build_time()},
                                     deps.modules,
                                     {}}};
}

}  // namespace

void register_process_routes(http::Operations& operations, const ProcessDeps& deps) {
    http::Routes<ProcessDeps> routes{operations, "platform", deps};
    routes.get("/health/live", get_live).at_root().summary("The process runs");
    routes.get("/health/ready", get_ready)
        .at_root()
        .alias("/health")
        .summary("The process can serve requests");
    routes.get("/metrics", get_metrics).at_root().summary("Prometheus metrics");
    routes.get("/version", get_version).at_root().summary("What runs here");
}

}  // namespace taama::app
