#pragma once

// What people are told, by which way, in which words, once. Other modules emit events; none talks to a
// provider.

#include "modules/notifications/deps.hpp"
#include "platform/events/events.hpp"
#include "platform/jobs/jobs.hpp"

namespace taama::notifications {

void register_consumers(events::Registry& registry, const Deps& deps);
void register_jobs(jobs::Registry& registry, const Deps& deps);

}  // namespace taama::notifications
