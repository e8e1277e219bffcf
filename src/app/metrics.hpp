#pragma once

// Everything that /metrics shows beside the requests.

#include "platform/jobs/jobs.hpp"
#include "platform/telemetry/instruments.hpp"

namespace taama::app {

// Those of the program itself and of all modules. `metrics` also gets build_info, and the HELP of
// what RequestObserver counts.
void add_metrics(telemetry::Instruments& instruments, telemetry::Metrics& metrics);

// The series of jobs and schedules that this program has, before any of them ran.
void show_jobs(telemetry::Metrics& metrics, const jobs::Registry& registry);

}  // namespace taama::app
