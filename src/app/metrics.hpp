#pragma once

// Everything that /metrics shows beside the requests.

#include "platform/telemetry/instruments.hpp"

namespace taama::app {

// Those of the program itself and of all modules. `metrics` also gets build_info, and the HELP of
// what RequestObserver counts.
void add_metrics(telemetry::Instruments& instruments, telemetry::Metrics& metrics);

}  // namespace taama::app
