#include "modules/carpool/driver_track.hpp"

#include <algorithm>

namespace taama::carpool {

namespace {

bool was_on(const DriverTrip& trip, UtcTime at) {
    return trip.started_at && *trip.started_at <= at && (!trip.ended_at || at <= *trip.ended_at);
}

bool counts_for(const DriverTrip& trip, UtcTime at) {
    return at >= track_opens_at(trip) && (!trip.ended_at || at <= *trip.ended_at);
}

}  // namespace

UtcTime track_opens_at(const DriverTrip& trip) {
    return trip.departure_time - track_before_departure;
}

UtcTime track_closes_at(const DriverTrip& trip) {
    const UtcTime latest = trip.arrival_eta + track_after_arrival;
    return trip.ended_at ? std::min(*trip.ended_at, latest) : latest;
}

const DriverTrip* trip_at(std::span<const DriverTrip> trips, TripId asked, UtcTime at) {
    const DriverTrip* nearest = nullptr;
    const DriverTrip* own = nullptr;
    const auto distance = [at](const DriverTrip& trip) {
        return std::chrono::abs(trip.departure_time - at);
    };
    for (const DriverTrip& trip : trips) {
        if (was_on(trip, at)) return &trip;
        if (!counts_for(trip, at)) continue;
        if (trip.trip_id == asked) own = &trip;
        if (nearest == nullptr || distance(trip) < distance(*nearest)) nearest = &trip;
    }
    return own != nullptr ? own : nearest;
}

std::vector<drivers::Period> track_of(const DriverTrip& trip, std::span<const DriverTrip> others) {
    std::vector<drivers::Period> elsewhere;
    for (const DriverTrip& other : others)
        if (other.trip_id != trip.trip_id && other.started_at)
            elsewhere.push_back({*other.started_at, track_closes_at(other)});
    std::ranges::sort(elsewhere, {}, &drivers::Period::from);

    std::vector<drivers::Period> track;
    UtcTime from = track_opens_at(trip);
    const UtcTime until = track_closes_at(trip);
    for (const drivers::Period& away : elsewhere) {
        if (away.until < from || away.from > until) continue;
        if (from < away.from) track.push_back({from, away.from - Microseconds{1}});
        from = std::max(from, away.until + Microseconds{1});
    }
    if (from <= until) track.push_back({from, until});
    return track;
}

std::optional<DropReason> why_dropped(const PointFacts& point, UtcTime now) {
    using enum DropReason;
    if (point.seq < 1) return bad_seq;
    if (!in_bounds(point.point)) return bad_position;
    if (point.accuracy_m && *point.accuracy_m > accuracy_max_m) return inaccurate;
    if (point.at > now + future_allowed) return future;
    if (point.at < now - past_allowed) return too_old;
    return std::nullopt;
}

}  // namespace taama::carpool
