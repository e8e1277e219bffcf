#pragma once

#include "modules/carpool/search.hpp"

namespace taama::carpool {

// What the database says now of a leg that the index found: the same, unless it changed meanwhile.
struct FoundLeg : FoundTrip {
    std::int64_t place = 0;  // in the list that was asked for, from 1
    std::int32_t from_m = 0;
    UtcTime from_at;
    std::int32_t to_m = 0;
    UtcTime to_at;
    std::int32_t distance_m = 0;
    std::int32_t seats_free = 0;
};
BOOST_DESCRIBE_STRUCT(FoundLeg, (FoundTrip),
                      (place, from_m, from_at, to_m, to_at, distance_m, seats_free))

// In any order; one that is not open any more is left out. One statement, one round trip.
Task<std::vector<FoundLeg>> find_legs(pg::Db& db, const std::vector<Match>& matches, UtcTime now);

}  // namespace taama::carpool
