#include "modules/carpool/leg_view.hpp"

namespace taama::carpool {

namespace {

LegEndView to_view(const LegEnd& end) {
    return {end.stop_id, end.mode, end.order, end.point.lat, end.point.lon, end.text, end.at};
}

}  // namespace

LegView to_view(const Leg& leg, Currency currency, std::int32_t seats_free) {
    return {
        .from = to_view(leg.from),
        .to = to_view(leg.to),
        .price_per_seat = {leg.price_per_seat, currency},
        .currency = currency,
        .distance_m = leg.distance_m(),
        .duration_s = leg.duration_s(),
        .seats_free = seats_free,
        .access_from_m = leg.from.access_m,
        .access_to_m = leg.to.access_m,
        .detour_s = 0,
        .whole_trip = leg.whole_trip,
    };
}

}  // namespace taama::carpool
