#pragma once

// Metrics that are states, not events: read from the database now and then.

#include "app/process.hpp"
#include "platform/pg/db.hpp"

namespace taama::app {

// build_info, and the gauges below with 0 until they are read.
void declare_gauges(telemetry::Metrics& metrics);

// outbox_pending, jobs_queued, jobs_dead, ledger_imbalance (violations that the last check of the
// books found: must be 0), every 5 s until it is cancelled.
Task<void> keep_gauges(pg::Db& db, telemetry::Metrics& metrics);

}  // namespace taama::app
