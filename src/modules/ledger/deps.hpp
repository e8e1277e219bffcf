#pragma once

#include "platform/pg/db.hpp"
#include "platform/time/time.hpp"

namespace taama::ledger {

// What the ledger's own jobs work with; one per thread.
struct Deps {
    pg::Db& db;
    const Clock& clock;
};

}  // namespace taama::ledger
