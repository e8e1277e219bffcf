#pragma once

#include "modules/notifications/deps.hpp"
#include "platform/events/events.hpp"
#include "platform/jobs/jobs.hpp"

namespace taama::notifications {

void add_consumers(events::Registry& registry, const Deps& deps);
void add_jobs(jobs::Registry& registry, const Deps& deps);

}  // namespace taama::notifications
