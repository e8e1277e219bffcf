#include "platform/jobs/jobs.hpp"

#include "platform/assert.hpp"

namespace taama::jobs {

void Registry::on(std::string name, Handler handler) {
    for (const auto& [known, unused] : handlers_) ASSERT(known != name);
    handlers_.emplace_back(std::move(name), std::move(handler));
}

void Registry::schedule(std::string name, Cadence cadence, Tick tick) {
    for (const Schedule& known : schedules_) ASSERT(known.name != name);
    schedules_.push_back({std::move(name), cadence, std::move(tick)});
}

}  // namespace taama::jobs
