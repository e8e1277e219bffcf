#pragma once

// A trip as searches see it: what is needed to find, filter, price and rank its legs without the
// database.

#include <optional>
#include <string>
#include <vector>

#include "modules/carpool/search.hpp"

namespace taama::carpool {

struct IndexedStop {
    StopId id;
    LatLon point;
    UtcTime arrive_at;
    UtcTime depart_at;
    std::int32_t depart_day = 0;  // local, days since 1970
    std::int32_t offset_m = 0;
    std::int32_t segment_to_m = 0;  // of the segment that begins here; 0: none does
    std::int16_t seats_free = 0;    // on that segment
    std::uint8_t order = 0;
    bool pickup_allowed : 1 = true;
    bool dropoff_allowed : 1 = true;
};
static_assert(sizeof(IndexedStop) == 64);

// Seats that count free from a time on, though the booking still has them.
struct IndexedHold {
    UtcTime expires_at;
    std::int32_t seats = 0;
    std::int32_t from_m = 0;
    std::int32_t to_m = 0;
};

struct IndexedTrip {
    TripId id;
    AccountId driver_id;
    UtcTime departure_time;
    std::int64_t price_per_seat = 0;
    std::int32_t distance_m = 0;
    std::uint32_t row_version = 0;  // of the trip's row: while it is the same, so are the stops
    std::int32_t rating_sum = 0;    // of the driver, as driver
    std::int32_t rating_count = 0;
    vehicles::ComfortLevel comfort_level = vehicles::ComfortLevel::standard;
    bool allow_auto_accept = false;
    bool cash_allowed = true;
    std::vector<IndexedStop> stops;  // open ones, by order
    std::string labels;              // of the stops, a zero byte behind each
    std::vector<IndexedHold> holds;

    std::size_t bytes() const;
};

// A match to be shown, with what was known of its trip.
struct IndexedLeg : Match, LegEnds {
    std::uint32_t row_version = 0;
    std::int32_t rating_sum = 0;
    std::int32_t rating_count = 0;
    vehicles::ComfortLevel comfort_level = vehicles::ComfortLevel::standard;
};
IndexedLeg to_leg(const Match& match, const IndexedTrip& trip);

// A search with what every trip is compared with, computed once.
struct PreparedSearch {
    explicit PreparedSearch(const Search& search);

    const Search& search;
    std::int32_t first_day;  // days since 1970
    std::int32_t last_day;
    double near_degrees;  // of latitude: what is farther off is too far
};

// The leg with the least way on foot, when it passes all filters; the same as the SQL finds.
std::optional<Match> match(const IndexedTrip& trip, const PreparedSearch& prepared);

// Where a match stands among others: by the order of the search, then as ties are decided.
struct MatchPlace {
    std::int64_t key;
    UtcTime time;
    TripId trip_id;

    auto operator<=>(const MatchPlace&) const = default;
};
MatchPlace place_of(const Match& match, UtcTime departure_time, const Search& search);

}  // namespace taama::carpool
