#include "modules/carpool/trip.hpp"

#include <algorithm>
#include <limits>

namespace taama::carpool {

namespace {

bool overlap(Stretch a, Stretch b) { return a.from_m < b.to_m && b.from_m < a.to_m; }

}  // namespace

std::int32_t seats_free_on(const std::vector<Segment>& segments, const std::vector<Hold>& holds,
                           Stretch stretch, UtcTime now) {
    std::int32_t least = std::numeric_limits<std::int32_t>::max();
    for (const Segment& segment : segments) {
        const Stretch road{segment.from_m, segment.to_m};
        if (!overlap(road, stretch)) continue;
        std::int32_t free = segment.seats_free;
        for (const Hold& hold : holds)
            if (hold.expires_at <= now && overlap(road, {hold.from_m, hold.to_m}))
                free += hold.seats;
        least = std::min(least, free);
    }
    return least == std::numeric_limits<std::int32_t>::max() ? 0 : least;
}

}  // namespace taama::carpool
