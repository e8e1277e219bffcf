#pragma once

#include "modules/carpool/leg.hpp"
#include "platform/json/codec.hpp"

namespace taama::carpool {

struct LegEndView {
    std::optional<StopId> stop_id;
    PointMode mode = PointMode::stop;
    std::int32_t order = 0;
    double lat = 0;
    double lon = 0;
    std::string text;
    UtcTime at;
};
BOOST_DESCRIBE_STRUCT(LegEndView, (), (stop_id, mode, order, lat, lon, text, at))

struct LegView {
    LegEndView from;
    LegEndView to;
    Money price_per_seat;
    Currency currency = Currency::XOF;
    std::int32_t distance_m = 0;
    std::int32_t duration_s = 0;
    std::int32_t seats_free = 0;
    std::int32_t access_from_m = 0;
    std::int32_t access_to_m = 0;
    std::int32_t detour_s = 0;
    bool whole_trip = false;
};
BOOST_DESCRIBE_STRUCT(LegView, (),
                      (from, to, price_per_seat, currency, distance_m, duration_s, seats_free,
                       access_from_m, access_to_m, detour_s, whole_trip))

LegView to_view(const Leg& leg, Currency currency, std::int32_t seats_free);

}  // namespace taama::carpool
