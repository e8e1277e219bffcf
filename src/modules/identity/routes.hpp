#pragma once

#include "modules/identity/deps.hpp"
#include "platform/events/events.hpp"
#include "platform/http/edge.hpp"
#include "platform/http/routes.hpp"
#include "platform/jobs/jobs.hpp"

namespace taama::identity {

void add_routes(http::Operations& operations, const Deps& deps);
void add_jobs(jobs::Registry& registry, const Deps& deps);
void add_consumers(events::Registry& registry);
// Who may read the files of identity.
void add_readers(files::Readers& readers);

// Constraints that can refuse a user when two requests meet.
extern const std::span<const http::ConstraintRefusal> constraints;

}  // namespace taama::identity
