#pragma once

// Fills the index of this process and keeps it honest: what this node changed is told to the
// others, what they changed is marked here. It travels as NOTIFY in statements of its own, some
// commits at once: in the commits themselves it would make them wait for each other.
//
// A node that falls silent without a goodbye may have died before it told its last commits: then,
// as after a gap in the listening, everything is loaded again, and SQL answers meanwhile.

#include "modules/carpool/trip_index.hpp"
#include "modules/settings/settings.hpp"
#include "platform/pg/db.hpp"
#include "platform/task.hpp"

namespace taama::carpool {

class TripIndexKeeper {
public:
    // One per process, on the thread of `db`; what it is given outlives it.
    TripIndexKeeper(pg::Db& db, TripIndex& index, const settings::Current& settings);
    ~TripIndexKeeper();

    // Both until they are cancelled. Only who searches needs the index loaded.
    Task<void> exchange_news();
    Task<void> keep_loaded();
    // What is not told yet, and that no more will come. Never throws.
    Task<void> say_goodbye();

private:
    struct Impl;
    std::shared_ptr<Impl> impl_;
};

// Everything anew, beside the searches.
Task<void> load_trip_index(pg::Db& db, TripIndex& index);

}  // namespace taama::carpool
