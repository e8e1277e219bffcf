#include "modules/carpool/leg_price.hpp"

#include <algorithm>

#include "platform/money/money.hpp"

namespace taama::carpool {

std::int64_t leg_price(std::int64_t price_per_seat, LegShare share, LegPriceTerms terms) {
    if (share.leg_m >= share.trip_m) return price_per_seat;
    // Money counts in steps of the currency's own size, so steps are rounded, not units.
    const std::int64_t steps = half_up(price_per_seat, share.leg_m, share.trip_m * terms.step);
    const std::int64_t floor = std::min(price_per_seat, terms.min);
    return std::min(std::max(steps * terms.step, floor), price_per_seat);
}

}  // namespace taama::carpool
