#include "modules/carpool/leg.hpp"

#include "modules/carpool/errors.hpp"
#include "modules/carpool/geometry.hpp"

namespace taama::carpool {

namespace {

LegEnd to_end(const Stop& stop, std::int64_t access_m) {
    return {stop.id,    PointMode::stop, stop.order,    stop.point,
            stop.label, stop.arrive_at,  stop.offset_m, static_cast<std::int32_t>(access_m)};
}

const Stop* stop_with(const std::vector<Stop>& stops, StopId id) {
    for (const Stop& stop : stops)
        if (stop.id == id) return &stop;
    return nullptr;
}

std::unexpected<Refusal> no_match(std::string_view reason) {
    return refuse(errors::no_match, {{"reason", reason}});
}

struct Candidate {
    const Stop* stop;
    std::int64_t access_m;
};

enum class Side : std::uint8_t { pickup, dropoff };

// The stops that serve this end, or why none does.
std::expected<std::vector<Candidate>, Refusal> candidates(const std::vector<Stop>& stops,
                                                          const WantedEnd& end, Side side,
                                                          std::int64_t radius_m) {
    const auto allowed = [side](const Stop& stop) {
        return side == Side::pickup ? stop.pickup_allowed : stop.dropoff_allowed;
    };
    const std::string_view not_allowed = side == Side::pickup ? "no_pickup" : "no_dropoff";
    if (end.place) {
        std::vector<Candidate> near;
        for (const Stop& stop : stops) {
            const std::int64_t access = whole_metres(end.place->point, stop.point);
            if (access <= radius_m && allowed(stop)) near.push_back({&stop, access});
        }
        if (near.empty()) return no_match("too_far");
        return near;
    }
    const Stop* stop = end.stop ? stop_with(stops, *end.stop)
                                : (side == Side::pickup ? &stops.front() : &stops.back());
    if (!stop) return refuse(errors::not_found);
    if (!allowed(*stop)) return no_match(not_allowed);
    return std::vector<Candidate>{{stop, 0}};
}

struct Pair {
    Candidate from;
    Candidate to;

    // Least walking, then the earliest pick-up, then the farthest drop-off.
    bool better_than(const Pair& other) const {
        const auto rank = [](const Pair& pair) {
            return std::tuple{pair.from.access_m + pair.to.access_m, pair.from.stop->offset_m,
                              -pair.to.stop->offset_m};
        };
        return rank(*this) < rank(other);
    }
};

}  // namespace

std::expected<Leg, Refusal> find_leg(const TripRoad& road, const WantedLeg& wanted) {
    const auto from = candidates(road.stops, wanted.from, Side::pickup, wanted.radius_m);
    if (!from) return std::unexpected{from.error()};
    const auto to = candidates(road.stops, wanted.to, Side::dropoff, wanted.radius_m);
    if (!to) return std::unexpected{to.error()};

    std::optional<Pair> best;
    bool any_forward = false;
    for (const Candidate& pickup : *from)
        for (const Candidate& dropoff : *to) {
            const auto length = dropoff.stop->offset_m - pickup.stop->offset_m;
            if (length <= 0) continue;
            any_forward = true;
            const Pair pair{pickup, dropoff};
            if (length >= wanted.min_leg_m && (!best || pair.better_than(*best))) best = pair;
        }
    if (!best) return no_match(any_forward ? "too_short" : "wrong_order");

    Leg leg{.from = to_end(*best->from.stop, best->from.access_m),
            .to = to_end(*best->to.stop, best->to.access_m)};
    leg.from.at = best->from.stop->depart_at;
    leg.whole_trip = best->from.stop == &road.stops.front() && best->to.stop == &road.stops.back();
    leg.price_per_seat = leg_price(
        road.price_per_seat, {.leg_m = leg.distance_m(), .trip_m = road.stops.back().offset_m},
        road.price_terms);
    return leg;
}

}  // namespace taama::carpool
