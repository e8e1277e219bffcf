#include "app/database/cluster_supervisor.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <condition_variable>
#include <exception>
#include <mutex>

namespace taama::app {

namespace {

using namespace std::chrono_literals;

constexpr auto look_for_stop_every = 100ms;
constexpr std::chrono::milliseconds first_pause = 200ms;
constexpr std::chrono::milliseconds longest_pause = 5s;

void pause(std::chrono::milliseconds duration, const std::stop_token& stop) {
    std::mutex mutex;
    std::condition_variable_any stopped;
    std::unique_lock lock{mutex};
    stopped.wait_for(lock, stop, duration, [] { return false; });
}

}  // namespace

ClusterSupervisor::ClusterSupervisor(Cluster& cluster, Report report)
    : cluster_(cluster),
      report_(std::move(report)),
      thread_([this](const std::stop_token& stop) { watch(stop); }) {}

void ClusterSupervisor::watch(const std::stop_token& stop) {
    auto wait = first_pause;
    while (!stop.stop_requested()) {
        if (auto server = cluster_.find_server()) {
            while (!stop.stop_requested() && !server->ended(look_for_stop_every)) continue;
            continue;
        }
        report_("PostgreSQL has ended; it is started again");
        try {
            cluster_.start(stop);
            report_("PostgreSQL is back");
            wait = first_pause;
        } catch (const std::exception& failure) {
            if (stop.stop_requested()) return;
            report_(
                fmt::format("{}; the next attempt follows in {} ms", failure.what(), wait.count()));
            pause(wait, stop);
            wait = std::min(wait * 2, longest_pause);
        }
    }
}

}  // namespace taama::app
