#include "modules/audit/routes.hpp"

#include "modules/audit/audit.hpp"

namespace taama::audit {

void add_jobs(jobs::Registry& registry, pg::Db& db, const Clock& clock) {
    registry.schedule("audit.partitions", jobs::Daily{.hour = 0, .minute = 20},
                      [&db, &clock] { return ensure_partitions(db, clock.now()); });
}

}  // namespace taama::audit
