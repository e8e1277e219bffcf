#pragma once

// Keeps a private cluster running while the program serves.

#include <functional>
#include <string_view>
#include <thread>

#include "app/database/cluster.hpp"

namespace taama::app {

// A thread of its own that starts the server again within a moment when it ends, however it ended.
// The cluster outlives the supervisor. To stop the cluster, destroy its supervisor first.
class ClusterSupervisor {
public:
    // Told in one line what happened and what is done about it; called on the supervisor's thread.
    using Report = std::function<void(std::string_view)>;

    ClusterSupervisor(Cluster& cluster, Report report);

private:
    void watch(const std::stop_token& stop);

    Cluster& cluster_;
    Report report_;
    std::jthread thread_;
};

}  // namespace taama::app
