#pragma once

// Metrics that are states, not facts: read now and then.

#include "app/process.hpp"
#include "platform/pg/db.hpp"

namespace taama::app {

// Each statement of the instruments as often as it asks for, process_* and argon2_queue_depth,
// until it is cancelled. Every node reads them, so the nodes show the same.
Task<void> keep_gauges(pg::Db& db, Process& process);

}  // namespace taama::app
