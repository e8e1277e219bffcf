#include "platform/jobs/upkeep.hpp"

#include "platform/events/event_store.hpp"
#include "platform/jobs/job_store.hpp"

namespace taama::jobs {

namespace {

using std::chrono::days;

constexpr days finished_jobs_life{14};
constexpr days delivered_events_life{7};
constexpr days seen_webhooks_life{400};

// In portions, so that no statement holds many rows.
Task<void> prune(pg::Db& db, UtcTime before, Task<std::int64_t> (*remove)(pg::Db&, UtcTime)) {
    while (co_await remove(db, before) > 0) {
    }
}

Task<void> prune_events(pg::Db& db, UtcTime now) {
    co_await prune(db, now - delivered_events_life, events::delete_delivered);
    co_await prune(db, now - delivered_events_life, events::delete_marks);
}

}  // namespace

void schedule_upkeep(Registry& registry, pg::Db& db, const Clock& clock) {
    registry.schedule("jobs.prune", Daily{4, 0}, [&db, &clock] {
        return prune(db, clock.now() - finished_jobs_life, delete_finished_jobs);
    });
    registry.schedule("webhooks.prune", Daily{4, 0}, [&db, &clock] {
        return prune(db, clock.now() - seen_webhooks_life, delete_seen_webhooks);
    });
    registry.schedule("events.prune", Daily{4, 5},
                      [&db, &clock] { return prune_events(db, clock.now()); });
}

}  // namespace taama::jobs
