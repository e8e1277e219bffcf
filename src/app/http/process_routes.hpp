#pragma once

// What the process says of itself: health, readiness, metrics, version.

#include <atomic>

#include "platform/http/routes.hpp"
#include "platform/pg/db.hpp"
#include "platform/telemetry/metrics.hpp"

namespace taama::app {

inline constexpr std::string_view program_version = "0.1.0";
inline constexpr std::string_view api_version = "1.0.0";

// Shared by the threads of the process.
struct ProcessState {
    std::atomic<bool> draining{false};
    std::atomic<bool> jobs_running{false};
    std::atomic<bool> migrated{false};
};

struct ProcessDeps {
    pg::Db& db;
    const ProcessState& state;
    telemetry::Metrics& metrics;
    const std::vector<std::string>& modules;
    std::string storage_directory;
    bool jobs_expected;
    std::function<bool(std::string_view ip)> may_read_metrics;
};

void register_process_routes(http::Operations& operations, const ProcessDeps& deps);

}  // namespace taama::app
