#include "app/database/cluster.hpp"

#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <charconv>
#include <chrono>
#include <csignal>
#include <fstream>
#include <stdexcept>
#include <system_error>
#include <thread>
#include <vector>

#include "app/database/cache_sizes.hpp"

namespace taama::app {

namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

constexpr std::string_view programs = "/usr/lib/postgresql/15/bin/";
constexpr std::string_view version = "15";
constexpr std::string_view superuser = "taama";
constexpr auto start_timeout = 30s;
constexpr auto stop_timeout = 60s;
constexpr auto quit_timeout = 2s;
constexpr std::uintmax_t log_size_max = 16 << 20;

// For a machine that also runs the server. What is left out has PostgreSQL's default.
constexpr std::string_view configuration =
    R"(# Written by taama when it made this cluster, and yours to change from then on.
listen_addresses = ''
unix_socket_permissions = 0700
max_connections = 120

# From the memory that there was.
shared_buffers = {}MB
work_mem = 8MB
maintenance_work_mem = 128MB
effective_cache_size = {}MB
random_page_cost = 1.1
jit = off
# Two cores belong to many short requests, not to one long query.
max_parallel_workers_per_gather = 0
max_parallel_maintenance_workers = 0

# Money: a commit that was acknowledged is on the disk.
fsync = on
full_page_writes = on
synchronous_commit = on
wal_compression = lz4
max_wal_size = 1GB
# After a crash one call flushes the file system, instead of one for each of some 3000 files: measured
# 0.3 s until the server is back against 4.7 s.
recovery_init_sync_method = syncfs

# The queues change all the time.
autovacuum_naptime = 15s
autovacuum_vacuum_scale_factor = 0.05

timezone = 'UTC'
log_timezone = 'UTC'
log_line_prefix = '%m [%p] %q%a '
log_checkpoints = off
)";

std::string program(std::string_view name) { return fmt::format("{}{}", programs, name); }

void give(const fs::path& path, const SystemUser& owner) {
    if (owner.user_id == geteuid()) return;
    if (chown(path.c_str(), owner.user_id, owner.group_id) != 0)
        throw std::system_error(errno, std::generic_category(), "cannot chown " + path.string());
}

void make_private_directory(const fs::path& directory, const SystemUser& owner) {
    fs::create_directories(directory.parent_path());
    if (mkdir(directory.c_str(), 0700) == 0) return give(directory, owner);

    struct stat found;  // somebody else's link or directory in /tmp must not get our socket
    if (lstat(directory.c_str(), &found) != 0 || !S_ISDIR(found.st_mode) ||
        found.st_uid != owner.user_id || (found.st_mode & 077) != 0)
        throw std::runtime_error(fmt::format("{} is not a private directory of user {}",
                                             directory.native(), owner.name));
}

// postmaster.pid and the socket's lock file both begin with the process id.
std::vector<std::string> lines_of(const fs::path& file) {
    std::ifstream in{file};
    std::vector<std::string> lines;
    for (std::string line; std::getline(in, line);) lines.push_back(line);
    return lines;
}

std::optional<pid_t> process_id_in(const std::vector<std::string>& lines) {
    if (lines.empty()) return std::nullopt;
    pid_t id = 0;
    const std::string& text = lines.front();
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), id);
    return error == std::errc{} && id > 0 ? std::optional{id} : std::nullopt;
}

enum class ServerState { starting, ready, stopping };

// The server itself writes its state into line 8 of postmaster.pid.
ServerState state_of(const fs::path& cluster, pid_t server) {
    const std::vector<std::string> lines = lines_of(cluster / "postmaster.pid");
    if (lines.size() < 8 || process_id_in(lines) != server) return ServerState::starting;
    if (lines[7].starts_with("ready")) return ServerState::ready;
    return lines[7].starts_with("stopping") ? ServerState::stopping : ServerState::starting;
}

bool works_in(const SystemProcess& process, const fs::path& cluster) {
    return process.working_directory() == cluster && process.program().filename() == "postgres";
}

std::vector<SystemProcess> servers_in(const fs::path& cluster) {
    std::vector<SystemProcess> servers;
    for (const auto& entry : fs::directory_iterator("/proc")) {
        const std::string name = entry.path().filename();
        const auto id = process_id_in({name});
        if (!id) continue;
        auto process = SystemProcess::find(*id);
        if (process && works_in(*process, cluster)) servers.push_back(std::move(*process));
    }
    return servers;
}

void end_all(std::vector<SystemProcess> processes, int signal, std::chrono::milliseconds patience) {
    const auto deadline = Clock::now() + patience;
    for (SystemProcess& process : processes) process.signal(signal);
    for (SystemProcess& process : processes) {
        const auto rest = std::chrono::ceil<std::chrono::milliseconds>(deadline - Clock::now());
        if (!process.ended(std::max(rest, 0ms))) process.signal(SIGKILL);
    }
    for (SystemProcess& process : processes) process.ended(quit_timeout);
}

}  // namespace

Cluster::Cluster(ClusterOptions options)
    : layout_(lay_out_cluster(options.data_directory)),
      fast_(options.fast),
      users_(layout_.data_directory / "postgres.users") {}

ClusterStart Cluster::start(std::stop_token cancelled) {
    users_.share();
    FileLock starting{layout_.data_directory / "postgres.starting"};
    starting.own();

    if (!is_initialised()) initialise();
    check_version();
    auto server = find_server();
    if (server && state_of(layout_.cluster, server->id()) == ServerState::stopping) {
        if (!server->ended(stop_timeout))
            throw std::runtime_error("PostgreSQL is being stopped, and does not end");
        server.reset();
    }
    const auto outcome = server ? ClusterStart::already_running : ClusterStart::started;
    if (!server) {
        clear_remains();
        make_socket_directory();
        server = launch();
    }
    wait_until_ready(*server, cancelled);
    return outcome;
}

ClusterStop Cluster::stop() { return stop_with(SIGINT); }

ClusterStop Cluster::remove() {
    const ClusterStop outcome = stop_with(SIGQUIT);
    if (outcome == ClusterStop::in_use) return outcome;
    fs::remove_all(layout_.cluster);
    fs::remove_all(layout_.sockets);
    if (!layout_.moved_because.empty()) fs::remove(layout_.cluster.parent_path());
    return outcome;
}

ClusterStop Cluster::stop_with(int signal) {
    if (!users_.try_own()) return ClusterStop::in_use;
    auto server = find_server();
    const auto outcome = server ? ClusterStop::stopped : ClusterStop::was_not_running;
    if (server) {
        std::vector<SystemProcess> servers;
        servers.push_back(std::move(*server));
        end_all(std::move(servers), signal, stop_timeout);
    }
    users_.release();
    return outcome;
}

std::optional<SystemProcess> Cluster::find_server() const {
    const auto id = process_id_in(lines_of(layout_.cluster / "postmaster.pid"));
    auto process = id ? SystemProcess::find(*id) : std::nullopt;
    if (!process || process->ended() || !works_in(*process, layout_.cluster)) return std::nullopt;
    return process;
}

std::string Cluster::url(std::string_view database) const {
    return fmt::format("postgresql://{}@/{}?host={}&port=5432", superuser, database,
                       layout_.sockets.native());
}

bool Cluster::is_initialised() const { return fs::exists(layout_.cluster / "PG_VERSION"); }

// Made beside its place and moved there when it is whole, so that an interrupted attempt leaves no
// half a cluster.
void Cluster::initialise() {
    const fs::path unfinished = layout_.cluster.native() + ".unfinished";
    end_all(servers_in(unfinished), SIGKILL, quit_timeout);
    fs::remove_all(unfinished);
    fs::remove(layout_.cluster);  // an empty directory, or nothing
    make_private_directory(unfinished, layout_.owner);

    const auto run_or_throw = [&](std::vector<std::string> arguments, std::string input = {}) {
        const int code = run({.arguments = std::move(arguments),
                              .user = layout_.owner,
                              .log = layout_.log,
                              .input = std::move(input)});
        if (code != 0)
            throw std::runtime_error(fmt::format("cannot make a PostgreSQL cluster in {} ({}):\n{}",
                                                 layout_.cluster.native(), code, end_of_log()));
    };
    std::vector<std::string> initdb = {
        program("initdb"),    "--pgdata=" + unfinished.native(),
        "--encoding=UTF8",    "--locale=C.UTF-8",
        "--auth-local=trust", "--auth-host=reject",
        "--data-checksums",   fmt::format("--username={}", superuser),
        "--no-instructions",
    };
    if (fast_) initdb.push_back("--no-sync");
    run_or_throw(std::move(initdb));
    const CacheSizes caches = cache_sizes(memory_mib());
    std::ofstream{unfinished / "postgresql.conf"}
        << fmt::format(configuration, caches.shared_buffers_mib, caches.effective_cache_mib);
    run_or_throw({program("postgres"), "--single", "-D", unfinished.native(), "-c",
                  "exit_on_error=true", "postgres"},
                 fmt::format("create database {}\n", superuser));
    fs::rename(unfinished, layout_.cluster);
}

void Cluster::check_version() const {
    struct stat found;
    if (stat(layout_.cluster.c_str(), &found) == 0 && found.st_uid != layout_.owner.user_id)
        throw std::runtime_error(fmt::format("{} belongs to another user (number {}), not to {}",
                                             layout_.cluster.native(), found.st_uid,
                                             layout_.owner.name));
    const std::vector<std::string> lines = lines_of(layout_.cluster / "PG_VERSION");
    if (lines.empty() || lines.front() != version)
        throw std::runtime_error(
            fmt::format("{} is not a cluster of PostgreSQL {}", layout_.cluster.native(), version));
}

void Cluster::make_socket_directory() const {
    make_private_directory(layout_.sockets, layout_.owner);
}

// After a kill -9 of the server its children may still work on the files for a moment, and the
// numbers in its lock files may belong to other processes by now, which PostgreSQL would respect.
void Cluster::clear_remains() const {
    end_all(servers_in(layout_.cluster), SIGQUIT, quit_timeout);
    for (const fs::path& file :
         {layout_.cluster / "postmaster.pid", layout_.sockets / ".s.PGSQL.5432.lock"}) {
        const auto id = process_id_in(lines_of(file));
        if (id && SystemProcess::find(*id)) fs::remove(file);
    }
    std::error_code no_log;
    if (const auto size = fs::file_size(layout_.log, no_log); !no_log && size > log_size_max)
        fs::rename(layout_.log, layout_.log.native() + ".1");
}

SystemProcess Cluster::launch() const {
    std::vector<std::string> arguments = {
        program("postgres"),      "-D", layout_.cluster.native(), "-p", "5432", "-k",
        layout_.sockets.native(),
    };
    if (fast_)
        for (const char* setting :
             {"fsync=off", "full_page_writes=off", "synchronous_commit=off", "max_connections=300"})
            arguments.insert(arguments.end(), {"-c", setting});
    return taama::app::start({.arguments = std::move(arguments),
                              .user = layout_.owner,
                              .log = layout_.log,
                              .input = {}});
}

void Cluster::wait_until_ready(SystemProcess& server, const std::stop_token& cancelled) const {
    const auto deadline = Clock::now() + start_timeout;
    while (state_of(layout_.cluster, server.id()) != ServerState::ready) {
        if (server.ended(5ms))
            throw std::runtime_error("PostgreSQL does not start:\n" + end_of_log());
        if (cancelled.stop_requested()) throw std::runtime_error("PostgreSQL was starting");
        if (Clock::now() > deadline)
            throw std::runtime_error("PostgreSQL takes too long to start:\n" + end_of_log());
    }
}

std::string Cluster::end_of_log() const {
    constexpr std::size_t shown = 12;
    const std::vector<std::string> lines = lines_of(layout_.log);
    std::string end;
    for (std::size_t i = lines.size() > shown ? lines.size() - shown : 0; i < lines.size(); ++i)
        end += lines[i] + '\n';
    return end;
}

}  // namespace taama::app
