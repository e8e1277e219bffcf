#pragma once

// Trips for those who only look: what is in memory and still true is not read again, and looks that
// come at once share a statement. Who changes a trip reads it whole, under its lock.

#include <optional>
#include <vector>

#include "modules/carpool/trip_shapes.hpp"
#include "modules/carpool/trip_store.hpp"
#include "platform/pg/batched.hpp"

namespace taama::carpool {

// One per thread.
class TripReader {
public:
    TripReader(pg::Db& db, TripShapes& shapes);

    // Deleted ones too, on the shared lane.
    Task<std::optional<TripRecord>> look_at(TripId id, std::optional<AccountId> viewer) const;
    // In the order of `ids`; deleted trips are left out.
    Task<std::vector<TripRecord>> look_at(pg::Tx& tx, const std::vector<TripId>& ids,
                                          std::optional<AccountId> viewer) const;

private:
    pg::Db& db_;
    TripShapes& shapes_;
    pg::Batched<TripLook, std::optional<TripNow>> looks_;
};

}  // namespace taama::carpool
