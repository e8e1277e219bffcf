#pragma once

// What the kernel says of this process.

#include "platform/telemetry/metrics.hpp"

namespace taama::app {

// The customary process_* metrics; show() reads them anew.
class ProcessGauges {
public:
    explicit ProcessGauges(telemetry::Metrics& metrics);

    void show();

private:
    telemetry::Counter& cpu_seconds_;  // whole ones
    telemetry::Gauge& memory_bytes_;
    telemetry::Gauge& open_files_;
    std::size_t shown_ = 0;
};

}  // namespace taama::app
