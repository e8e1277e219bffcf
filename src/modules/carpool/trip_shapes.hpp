#pragma once

// What seldom changes of the trips that people look at, kept in memory. A shape is used only while
// the row in PostgreSQL is the one that it was read from, so nobody sees a stale trip; and who
// changes a trip reads it whole, under its lock.

#include <memory>

#include "modules/carpool/trip_record.hpp"
#include "platform/cache/lru_cache.hpp"

namespace taama::carpool {

// One per process, for all threads.
class TripShapes {
public:
    std::shared_ptr<const TripShape> find(TripId id, std::uint32_t row_version);
    void keep(const TripShape& shape);

private:
    // About 2 KiB each.
    cache::LruCache<TripId, std::shared_ptr<const TripShape>> shapes_{4096};
};

}  // namespace taama::carpool
