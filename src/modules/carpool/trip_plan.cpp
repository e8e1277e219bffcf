#include "modules/carpool/trip_plan.hpp"

namespace taama::carpool {

namespace {

constexpr std::int64_t detour_factor_max = 3;

StopKind kind_of(std::size_t index, std::size_t count) {
    if (index == 0) return StopKind::origin;
    return index + 1 == count ? StopKind::destination : StopKind::declared;
}

// Time since the departure, in the driver's own pace.
Microseconds scaled(Microseconds offset, Microseconds whole, Microseconds wanted) {
    if (whole.count() == 0) return offset;
    return Seconds{
        half_up(offset.count() / 1'000'000, wanted.count() / 1'000'000, whole.count() / 1'000'000)};
}

}  // namespace

std::vector<Stop> plan_stops(std::span<const PlannedStop> points, const Route& route,
                             const Schedule& schedule) {
    ASSERT(points.size() >= 2 && route.legs.size() + 1 == points.size());
    std::vector<Stop> stops;
    std::int32_t offset_m = 0;
    UtcTime at = schedule.departure;
    for (std::size_t i = 0; i < points.size(); ++i) {
        const PlannedStop& point = points[i];
        if (i > 0) {
            offset_m += route.legs[i - 1].distance_m;
            at += Seconds{route.legs[i - 1].drive_s};
        }
        const bool at_end = i == 0 || i + 1 == points.size();
        Stop stop{.id = StopId::make(),
                  .order = static_cast<std::int32_t>(i),
                  .kind = kind_of(i, points.size()),
                  .point = point.point,
                  .label = point.label,
                  .pickup_allowed = point.pickup_allowed && i + 1 != points.size(),
                  .dropoff_allowed = point.dropoff_allowed && i != 0,
                  .offset_m = offset_m,
                  .arrive_at = at,
                  .depart_at = at,
                  .dwell_s = at_end ? 0 : point.dwell_s};
        at += Seconds{stop.dwell_s};
        stop.depart_at = at;
        stops.push_back(std::move(stop));
    }
    if (schedule.arrival) {
        const Microseconds whole = stops.back().arrive_at - schedule.departure;
        const Microseconds wanted = *schedule.arrival - schedule.departure;
        for (Stop& stop : stops) {
            stop.arrive_at =
                schedule.departure + scaled(stop.arrive_at - schedule.departure, whole, wanted);
            stop.depart_at =
                schedule.departure + scaled(stop.depart_at - schedule.departure, whole, wanted);
        }
        stops.back().arrive_at = stops.back().depart_at = *schedule.arrival;
    }
    return stops;
}

std::vector<Segment> empty_segments(std::span<const Stop> stops, std::int32_t seats) {
    std::vector<Segment> segments;
    for (std::size_t i = 1; i < stops.size(); ++i)
        segments.push_back({stops[i - 1].offset_m, stops[i].offset_m, seats});
    return segments;
}

bool moves_forward(std::span<const Stop> stops) {
    for (std::size_t i = 1; i < stops.size(); ++i)
        if (stops[i].offset_m <= stops[i - 1].offset_m) return false;
    return true;
}

bool in_travel_order(const Route& route, std::int64_t direct_m) {
    return route.distance_m() <= detour_factor_max * direct_m;
}

}  // namespace taama::carpool
