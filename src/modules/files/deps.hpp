#pragma once

#include "modules/files/files.hpp"
#include "modules/settings/settings.hpp"
#include "platform/files/local_store.hpp"
#include "platform/pg/db.hpp"
#include "platform/time/time.hpp"
#include "platform/work_pool.hpp"

namespace taama::http {
class Operations;
}
namespace taama::jobs {
class Registry;
}

namespace taama::files {

// What the operations on files work with; one per thread.
struct Deps {
    pg::Db& db;
    const Clock& clock;
    const settings::Current& settings;
    const Urls& urls;
    const Readers& readers;
    LocalStore& store;  // shared; used on the work pool
    WorkPool& work_pool;
};

void register_routes(http::Operations& operations, const Deps& deps);
void register_jobs(jobs::Registry& registry, const Deps& deps);

}  // namespace taama::files
