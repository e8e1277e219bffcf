#include "app/database/database_command.hpp"

#include <fmt/format.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdio>
#include <system_error>

#include "app/database/cluster.hpp"
#include "app/database/local_database.hpp"

namespace taama::app {

namespace {

int stopped(ClusterStop outcome) {
    if (outcome != ClusterStop::in_use) return 0;
    fmt::print(stderr, "The database is in use by another taama; stop that first.\n");
    return 1;
}

int show_status(const Cluster& cluster) {
    const auto server = cluster.find_server();
    fmt::print("state: {}\n",
               server ? fmt::format("running, process {}", server->id()) : "stopped");
    fmt::print("files: {}\n", cluster.layout().cluster.native());
    fmt::print("log:   {}\n", cluster.layout().log.native());
    fmt::print("url:   {}\n", cluster.url());
    return server ? 0 : 3;
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

int open_psql(const std::string& url, const std::vector<std::string>& arguments) {
    std::vector<std::string> words = {"psql", url};
    words.insert(words.end(), arguments.begin(), arguments.end());
    std::vector<char*> pointers;
    for (std::string& word : words) pointers.push_back(word.data());
    pointers.push_back(nullptr);

    posix_spawnattr_t attributes;
    posix_spawnattr_init(&attributes);
    sigset_t defaults;
    sigemptyset(&defaults);
    sigaddset(&defaults, SIGINT);
    sigaddset(&defaults, SIGPIPE);
    posix_spawnattr_setsigdefault(&attributes, &defaults);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGDEF);

    const InterruptIgnored ignored;
    pid_t child = 0;
    const int error = posix_spawnp(&child, "psql", nullptr, &attributes, pointers.data(), environ);
    posix_spawnattr_destroy(&attributes);
    if (error != 0) throw std::system_error(error, std::generic_category(), "psql");

    int status = 0;
    while (waitpid(child, &status, 0) < 0 && errno == EINTR) continue;
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

}  // namespace

int run_database_command(const config::Config& config, const DatabaseCommand& command) {
    if (command.action == "psql") {
        const LocalDatabase database{config};
        return open_psql(database.url(), command.arguments);
    }
    Cluster cluster{{.data_directory = config.data_directory, .fast = command.fast}};
    if (command.action == "start") {
        cluster.start();
        fmt::print("{}\n", cluster.url());
        return 0;
    }
    if (command.action == "stop") return stopped(cluster.stop());
    if (command.action == "remove") return stopped(cluster.remove());
    if (command.action == "status") return show_status(cluster);
    fmt::print("{}\n", config.database.url.empty() ? cluster.url() : config.database.url);
    return 0;
}

}  // namespace taama::app
