#include "app/database/database_commands.hpp"

#include <fmt/format.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <system_error>

namespace taama::app {

namespace {

void say_where(const Cluster& cluster) {
    if (!cluster.layout().moved_because.empty())
        fmt::print(stderr, "The database is in {}: {}.\n", cluster.layout().cluster.native(),
                   cluster.layout().moved_because);
}

// Ctrl-C in psql cancels a query; it must not end us before the server is stopped.
class InterruptIgnored {
public:
    InterruptIgnored() : before_(std::signal(SIGINT, SIG_IGN)) {}
    ~InterruptIgnored() { std::signal(SIGINT, before_); }
    InterruptIgnored(const InterruptIgnored&) = delete;

private:
    void (*before_)(int);
};

}  // namespace

int start_database(const ClusterOptions& options) {
    Cluster cluster{options};
    say_where(cluster);
    cluster.start();
    fmt::print("{}\n", cluster.url());
    return 0;
}

int stop_database(const ClusterOptions& options, bool remove) {
    Cluster cluster{options};
    switch (remove ? cluster.remove() : cluster.stop()) {
        case ClusterStop::stopped: return 0;
        case ClusterStop::was_not_running: return 0;
        case ClusterStop::in_use: break;
    }
    fmt::print(stderr, "The database is in use by another taama; stop that first.\n");
    return 1;
}

int show_database(const ClusterOptions& options) {
    const Cluster cluster{options};
    const auto server = cluster.find_server();
    fmt::print("state: {}\n", server ? fmt::format("running, process {}", server->id()) : "stopped");
    fmt::print("files: {}\n", cluster.layout().cluster.native());
    fmt::print("log:   {}\n", cluster.layout().log.native());
    fmt::print("url:   {}\n", cluster.url());
    return server ? 0 : 1;
}

int open_psql(const ClusterOptions& options, const std::vector<std::string>& arguments) {
    Cluster cluster{options};
    say_where(cluster);
    cluster.start();
    const int code = open_psql(cluster.url(), arguments);
    cluster.stop();
    return code;
}

int open_psql(const std::string& url, const std::vector<std::string>& arguments) {
    std::vector<std::string> all = {"psql", url};
    all.insert(all.end(), arguments.begin(), arguments.end());
    std::vector<char*> pointers;
    for (std::string& each : all) pointers.push_back(each.data());
    pointers.push_back(nullptr);

    posix_spawnattr_t attributes;
    posix_spawnattr_init(&attributes);
    sigset_t defaults;
    sigemptyset(&defaults);
    sigaddset(&defaults, SIGINT);
    posix_spawnattr_setsigdefault(&attributes, &defaults);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGDEF);

    const InterruptIgnored ignored;
    pid_t child = 0;
    const int failed =
        posix_spawnp(&child, "psql", nullptr, &attributes, pointers.data(), environ);
    posix_spawnattr_destroy(&attributes);
    if (failed != 0) throw std::system_error(failed, std::generic_category(), "psql");

    int status = 0;
    while (waitpid(child, &status, 0) < 0 && errno == EINTR) continue;
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

}  // namespace taama::app
