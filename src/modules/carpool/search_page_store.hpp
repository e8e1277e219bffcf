#pragma once

#include "modules/carpool/indexed_trip.hpp"

namespace taama::carpool {

// What the database says now of a leg that the index found: the same, unless it changed meanwhile.
struct FoundLeg : FoundTrip {
    std::int64_t place = 0;  // in the list that was asked for, from 1
    std::uint32_t row_version = 0;
    std::int32_t seats_free = 0;
};
BOOST_DESCRIBE_STRUCT(FoundLeg, (FoundTrip), (place, row_version, seats_free))

// In any order; one without a trip or seats is left out. One statement, one round trip.
Task<std::vector<FoundLeg>> find_legs(pg::Db& db, const std::vector<IndexedLeg>& legs, UtcTime now);

}  // namespace taama::carpool
