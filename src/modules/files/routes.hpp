#pragma once

#include "modules/files/deps.hpp"
#include "platform/http/routes.hpp"
#include "platform/jobs/jobs.hpp"

namespace taama::files {

void add_routes(http::Operations& operations, const Deps& deps);
void add_jobs(jobs::Registry& registry, const Deps& deps);

}  // namespace taama::files
