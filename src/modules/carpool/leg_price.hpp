#pragma once

// The price of a part of a trip.

#include <cstdint>

namespace taama::carpool {

struct LegPriceTerms {
    std::int64_t step = 100;  // minor units
    std::int64_t min = 200;
};

struct LegShare {
    std::int64_t leg_m;
    std::int64_t trip_m;
};

// The whole trip costs its price; a part its share by distance, rounded to the nearest step (a tie
// up), at least the minimum and never more than the whole.
std::int64_t leg_price(std::int64_t price_per_seat, LegShare share, LegPriceTerms terms);

}  // namespace taama::carpool
