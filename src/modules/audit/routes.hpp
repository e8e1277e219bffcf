#pragma once

#include "platform/jobs/jobs.hpp"

namespace taama::audit {

// The schedule audit.partitions.
void add_jobs(jobs::Registry& registry, pg::Db& db, const Clock& clock);

}  // namespace taama::audit
