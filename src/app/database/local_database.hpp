#pragma once

// The database of this instance: the one that the configuration names, else a private cluster in
// the data directory that runs for as long as this object lives.

#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "app/database/cluster.hpp"
#include "app/database/cluster_supervisor.hpp"
#include "platform/config/config.hpp"

namespace taama::app {

class LocalDatabase {
public:
    // Starts the private cluster where there is one to start. Throws std::runtime_error.
    explicit LocalDatabase(const config::Config& config);
    ~LocalDatabase();

    const std::string& url() const { return url_; }
    // Restarts the private cluster when it dies, for as long as this object lives.
    void supervise(ClusterSupervisor::Report report);

private:
    std::unique_ptr<Cluster> cluster_;
    std::unique_ptr<ClusterSupervisor> supervisor_;
    std::string url_;
};

// Throws with the settings that are off: money is not served on a database that may forget it.
void require_durability(const std::string& url);

}  // namespace taama::app
