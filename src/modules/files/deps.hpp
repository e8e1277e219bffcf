#pragma once

#include "modules/files/files.hpp"
#include "modules/settings/settings.hpp"
#include "platform/files/local_store.hpp"
#include "platform/pg/db.hpp"
#include "platform/time/time.hpp"
#include "platform/work_pool.hpp"

namespace taama::files {

struct Deps {
    pg::Db& db;
    const Clock& clock;
    const settings::Current& settings;
    const Urls& urls;
    const Readers& readers;
    LocalStore& store;
    WorkPool& work_pool;
};

}  // namespace taama::files
