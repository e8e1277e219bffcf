#include "app/serve/serve.hpp"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>
#include <boost/asio/signal_set.hpp>

#include <filesystem>
#include <fstream>

#include "app/database/local_database.hpp"
#include "app/metrics.hpp"
#include "app/migrations.hpp"
#include "app/seed/demo.hpp"
#include "app/serve/housekeeping.hpp"
#include "app/serve/job_thread.hpp"
#include "app/serve/request_thread.hpp"
#include "platform/http/openapi.hpp"
#include "platform/telemetry/log.hpp"

namespace taama::app {

namespace {

constexpr Seconds drain_patience{20};
// How long readiness is red before the listeners close, so that a balancer in front can turn away.
constexpr std::chrono::milliseconds red_before_drain{200};

// Holds the port from the moment it is known until the listeners of the threads have it too.
class ReservedPort {
public:
    ReservedPort(const std::string& address, std::uint16_t port) {
        const bool v6 = address.find(':') != std::string::npos;
        socket_ = socket(v6 ? AF_INET6 : AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
        const int on = 1;
        setsockopt(socket_, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
        if (port == 0) setsockopt(socket_, SOL_SOCKET, SO_REUSEPORT, &on, sizeof on);
        sockaddr_storage storage{};
        socklen_t size = 0;
        if (v6) {
            auto& in6 = reinterpret_cast<sockaddr_in6&>(storage);
            in6.sin6_family = AF_INET6;
            in6.sin6_port = htons(port);
            inet_pton(AF_INET6, address.c_str(), &in6.sin6_addr);
            size = sizeof in6;
        } else {
            auto& in4 = reinterpret_cast<sockaddr_in&>(storage);
            in4.sin_family = AF_INET;
            in4.sin_port = htons(port);
            inet_pton(AF_INET, address.c_str(), &in4.sin_addr);
            size = sizeof in4;
        }
        // SO_REUSEPORT would let a second server share a fixed port unnoticed; the bind without it
        // tells.
        if (bind(socket_, reinterpret_cast<sockaddr*>(&storage), size) != 0) {
            close(socket_);
            throw std::runtime_error{fmt::format("port {} is taken", port)};
        }
        getsockname(socket_, reinterpret_cast<sockaddr*>(&storage), &size);
        port_ = ntohs(v6 ? reinterpret_cast<sockaddr_in6&>(storage).sin6_port
                         : reinterpret_cast<sockaddr_in&>(storage).sin_port);
        if (port != 0) release();
    }
    ~ReservedPort() { release(); }
    std::uint16_t port() const { return port_; }
    void release() {
        if (socket_ >= 0) close(socket_);
        socket_ = -1;
    }

private:
    int socket_ = -1;
    std::uint16_t port_ = 0;
};

// Tells tools where we listen; gone again when we end.
class ServerFile {
public:
    ServerFile(const std::filesystem::path& directory, std::uint16_t port)
        : path_(directory / "server.json") {
        const auto partial = path_.string() + ".part";
        std::ofstream{partial} << fmt::format("{{\"port\":{},\"pid\":{}}}\n", port, getpid());
        std::filesystem::rename(partial, path_);
    }
    ~ServerFile() {
        std::error_code ignored;
        std::filesystem::remove(path_, ignored);
    }

private:
    std::filesystem::path path_;
};

// SIGTERM or SIGINT. Caught from the first moment on: one that comes while the server still starts
// is answered with the drain as soon as it has started, instead of killing it between two steps.
class StopSignal {
public:
    StopSignal() : signals_(io_, SIGTERM, SIGINT) {
        signals_.async_wait([](const boost::system::error_code&, int) {});
    }
    void wait() { io_.run(); }

private:
    asio::io_context io_{1};
    asio::signal_set signals_;
};

int thread_count(const config::Config& config) {
    if (config.http.threads > 0) return config.http.threads;
    return static_cast<int>(std::max(1u, std::thread::hardware_concurrency()));
}

void migrate_schema(Process& process) {
    const auto migrations = migrations_in_order();
    if (!pg::is_current(process.database_url, migrations)) {
        const auto done = pg::migrate(process.database_url, migrations);
        log::info("schema.migrated", {{"count", done.size()}});
    }
    process.state.migrated = true;
}

void announce(const Process& process, std::uint16_t port) {
    log::info("server.listening", {{"port", port}, {"url", process.public_url}});
    if (!process.config.dev_mode) return;
    fmt::print(
        "\nTaama listens on http://localhost:{0}\n"
        "  API documentation   http://localhost:{0}/docs\n"
        "  SMS and e-mail sent http://localhost:{0}/dev/inbox\n",
        port);
    if (process.config.demo) tell_demo_accounts(process.config);
    fmt::print("\nCtrl-C stops everything; nothing is lost.\n\n");
    std::fflush(stdout);
}

}  // namespace

int serve(config::Config config, const ServeOptions& options) {
    if (options.port) config.http.port = *options.port;
    config::check_secrets(config);
    StopSignal stop_signal;
    std::filesystem::create_directories(config.data_directory);

    LocalDatabase database{config};
    database.supervise(
        [](std::string_view what) { log::warn("database.supervisor", {{"what", what}}); });
    if (!options.unsafe_database && !config.database.unsafe) require_durability(database.url());

    std::optional<ReservedPort> reserved;
    if (!options.only_jobs) {
        reserved.emplace(config.http.address, config.http.port);
        config.http.port = reserved->port();
    }
    Process process{std::move(config), database.url()};
    migrate_schema(process);

    std::vector<std::unique_ptr<RequestThread>> threads;
    if (!options.only_jobs) {
        for (int i = 0; i < thread_count(process.config); ++i)
            threads.push_back(std::make_unique<RequestThread>(process));
        const auto document =
            http::openapi_document(threads.front()->operations(), "Taama", api_version);
        process.openapi = boost::json::serialize(document);
        if (process.config.demo) threads.front()->seed();
    }
    if (!threads.empty()) show_jobs(process.metrics, threads.front()->jobs());
    const Housekeeping housekeeping{
        process, options.only_jobs ? Housekeeping::Searches::no : Housekeeping::Searches::yes};
    std::optional<JobThread> job_thread;
    if (!options.no_jobs) job_thread.emplace(process);
    for (auto& thread : threads) thread->wake_on_news(job_thread ? &*job_thread : nullptr);
    for (auto& thread : threads) thread->listen();

    std::optional<ServerFile> server_file;
    if (reserved) {
        server_file.emplace(process.config.data_directory, reserved->port());
        reserved->release();
        announce(process, process.config.http.port);
    }
    stop_signal.wait();

    log::info("server.draining");
    process.state.draining = true;
    std::this_thread::sleep_for(red_before_drain);
    for (auto& thread : threads) thread->begin_drain(drain_patience);
    for (auto& thread : threads) thread->finish();
    if (job_thread) job_thread->stop(drain_patience);
    threads.clear();
    job_thread.reset();
    log::info("server.stopped");
    return 0;
}

}  // namespace taama::app
