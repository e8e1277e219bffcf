#pragma once

// Keeps the platform's own tables small.

#include "platform/jobs/jobs.hpp"

namespace taama::jobs {

// Schedules jobs.prune (done for 14 days), events.prune (delivered for 7 days) and webhooks.prune
// (seen for 400 days).
void schedule_upkeep(Registry& registry, pg::Db& db, const Clock& clock);

}  // namespace taama::jobs
