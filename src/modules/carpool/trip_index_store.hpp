#pragma once

// Trips as the index wants them, out of PostgreSQL.

#include "modules/carpool/indexed_trip.hpp"
#include "platform/pg/db.hpp"

namespace taama::carpool {

// The open ones among them.
Task<std::vector<IndexedTrip>> find_indexed_trips(pg::Db& db, const std::vector<TripId>& trips);

// A page of all open trips of one status, 2,000 at most, in the order of departure.
struct IndexedPlace {
    UtcTime departure_time;
    TripId id;
};
struct IndexedPage {
    std::vector<IndexedTrip> trips;
    std::optional<IndexedPlace> last;  // nothing: no trips are left
};
Task<IndexedPage> find_indexed_page(pg::Db& db, TripStatus status, IndexedPlace after);

}  // namespace taama::carpool
