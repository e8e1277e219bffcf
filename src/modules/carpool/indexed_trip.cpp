#include "modules/carpool/indexed_trip.hpp"

#include <algorithm>
#include <cmath>

#include "modules/carpool/leg_price.hpp"
#include "platform/money/money.hpp"

namespace taama::carpool {

namespace {

constexpr std::int64_t second_us = 1'000'000;
constexpr std::int64_t day_s = 86'400;
// A degree of latitude on the sphere of distance_m(), and what rounding may cost.
constexpr double degree_m = 111'195.0;
constexpr double slack_degrees = 1e-6;

std::int64_t floor_div(std::int64_t a, std::int64_t b) { return a / b - (a % b < 0 ? 1 : 0); }

std::int64_t epoch_us(UtcTime time) { return time.time_since_epoch().count(); }

// As PostgreSQL rounds extract(epoch from …)::bigint.
std::int64_t whole_seconds(std::int64_t us) { return floor_div(us + second_us / 2, second_us); }

std::int64_t local_us(UtcTime time, const Search& search) {
    return epoch_us(time) + search.utc_offset.count() * second_us;
}

std::int64_t local_minute(UtcTime time, const Search& search) {
    return floor_div(local_us(time, search), 60 * second_us) % (24 * 60);
}

std::int64_t off_wanted_s(UtcTime time, const Search& search) {
    if (!search.minute_from) return 0;
    const std::int64_t day = floor_div(local_us(time, search), day_s * second_us);
    return std::abs(whole_seconds(epoch_us(time)) + search.utc_offset.count() - day_s * day -
                    std::int64_t{60} * *search.minute_from);
}

struct Access {
    const IndexedStop* stop;
    std::int32_t access_m;
};

std::optional<Access> access_to(const IndexedStop& stop, LatLon place,
                                const PreparedSearch& prepared) {
    if (std::abs(stop.point.lat - place.lat) > prepared.near_degrees) return std::nullopt;
    const double distance = distance_m(stop.point, place);
    const auto radius_m = static_cast<double>(prepared.search.radius_m);
    const double rounded = std::floor(distance + 0.5);
    if (distance > radius_m || rounded > radius_m) return std::nullopt;
    return Access{&stop, static_cast<std::int32_t>(rounded)};
}

std::int32_t lapsed_seats(const IndexedTrip& trip, const IndexedStop& segment, UtcTime now) {
    std::int32_t seats = 0;
    for (const IndexedHold& hold : trip.holds)
        if (hold.expires_at <= now && hold.from_m < segment.segment_to_m &&
            hold.to_m > segment.offset_m)
            seats += hold.seats;
    return seats;
}

// The least on the segments between the two stops; nothing without a segment.
std::optional<std::int32_t> seats_between(const IndexedTrip& trip, const IndexedStop& from,
                                          const IndexedStop& to, UtcTime now) {
    std::optional<std::int32_t> least;
    for (const IndexedStop* stop = &from; stop != &to; ++stop) {
        if (stop->segment_to_m == 0 || stop->segment_to_m > to.offset_m) continue;
        const std::int32_t seats = stop->seats_free + lapsed_seats(trip, *stop, now);
        least = std::min(least.value_or(seats), seats);
    }
    return least;
}

struct Pair {
    Access from;
    Access to;
    std::int32_t seats_free;

    auto rank() const {
        return std::tuple{from.access_m + to.access_m, from.stop->offset_m, -to.stop->offset_m};
    }
};

std::optional<Pair> best_pair(const IndexedTrip& trip, const PreparedSearch& prepared) {
    const Search& search = prepared.search;
    std::optional<Pair> best;
    for (const IndexedStop& to : trip.stops) {
        if (!to.dropoff_allowed || to.offset_m < search.min_leg_m) continue;
        const auto end = access_to(to, search.to, prepared);
        if (!end) continue;
        for (const IndexedStop& from : trip.stops) {
            if (&from >= &to || to.offset_m < from.offset_m + search.min_leg_m) break;
            if (!from.pickup_allowed || from.depart_day < prepared.first_day ||
                from.depart_day > prepared.last_day || from.depart_at <= search.now)
                continue;
            const auto begin = access_to(from, search.from, prepared);
            if (!begin) continue;
            Pair pair{*begin, *end, 0};
            if (best && best->rank() <= pair.rank()) continue;
            const auto seats = seats_between(trip, from, to, search.now);
            if (!seats || *seats < search.seats) continue;
            pair.seats_free = *seats;
            best = pair;
        }
    }
    return best;
}

Match to_match(const IndexedTrip& trip, const Pair& pair) {
    const IndexedStop& from = *pair.from.stop;
    const IndexedStop& to = *pair.to.stop;
    return {.trip_id = trip.id,
            .from_order = from.order,
            .from_at = from.depart_at,
            .from_m = from.offset_m,
            .to_order = to.order,
            .to_at = to.arrive_at,
            .to_m = to.offset_m,
            .seats_free = pair.seats_free,
            .access_from_m = pair.from.access_m,
            .access_to_m = pair.to.access_m};
}

// By everything but its legs: driver, car, how it is booked and paid.
bool passes(const IndexedTrip& trip, const Search& search) {
    if (search.auto_accept && trip.allow_auto_accept != *search.auto_accept) return false;
    if (search.cash && trip.cash_allowed != *search.cash) return false;
    if (search.but_driver && trip.driver_id == *search.but_driver) return false;
    if (!search.comfort.empty() &&
        std::ranges::find(search.comfort, trip.comfort_level) == search.comfort.end())
        return false;
    if (!search.rating_min) return true;
    if (trip.rating_count == 0) return false;
    // The average that is shown: two decimals.
    const std::int64_t hundredths = half_up(100, trip.rating_sum, std::int64_t{trip.rating_count});
    return static_cast<double>(hundredths) / 100 >= *search.rating_min;
}

// The match with what follows from its two stops: price, distance from the wanted time, score.
Match rated(Match match, const IndexedTrip& trip, const Search& search) {
    match.whole_trip = match.from_m == 0 && match.to_m == trip.distance_m;
    match.leg_price =
        match.whole_trip
            ? trip.price_per_seat
            : leg_price(trip.price_per_seat,
                        {.leg_m = match.to_m - match.from_m, .trip_m = trip.distance_m},
                        {.step = search.price_step, .min = search.price_floor});
    match.off_wanted_s = off_wanted_s(match.from_at, search);
    match.score_e8 = rank_score_e8(rank_parts({
                                       .access_m = match.access_from_m + match.access_to_m,
                                       .radius_m = search.radius_m,
                                       .off_wanted_s = match.off_wanted_s,
                                       .price_per_seat = match.leg_price,
                                       .distance_m = match.to_m - match.from_m,
                                       .reference_price_per_km = search.reference_price_per_km,
                                       .rating_sum = trip.rating_sum,
                                       .rating_count = trip.rating_count,
                                   }),
                                   search.weights);
    return match;
}

}  // namespace

std::size_t IndexedTrip::bytes() const {
    return sizeof(*this) + stops.capacity() * sizeof(IndexedStop) +
           holds.capacity() * sizeof(IndexedHold) +
           (labels.capacity() > std::string{}.capacity() ? labels.capacity() + 1 : 0);
}

PreparedSearch::PreparedSearch(const Search& wanted)
    : search(wanted),
      first_day(std::chrono::sys_days{wanted.days.front()}.time_since_epoch().count()),
      last_day(std::chrono::sys_days{wanted.days.back()}.time_since_epoch().count()),
      near_degrees(static_cast<double>(wanted.radius_m) / degree_m + slack_degrees) {}

IndexedLeg to_leg(const Match& match, const IndexedTrip& trip) {
    IndexedLeg leg;
    static_cast<Match&>(leg) = match;
    leg.row_version = trip.row_version;
    leg.rating_sum = trip.rating_sum;
    leg.rating_count = trip.rating_count;
    leg.comfort_level = trip.comfort_level;
    std::size_t label = 0;
    for (const IndexedStop& stop : trip.stops) {
        const std::size_t end = trip.labels.find('\0', label);
        if (stop.order == match.from_order) {
            leg.from_stop_id = stop.id;
            leg.from_point = stop.point;
            leg.from_label = trip.labels.substr(label, end - label);
        }
        if (stop.order == match.to_order) {
            leg.to_stop_id = stop.id;
            leg.to_point = stop.point;
            leg.to_label = trip.labels.substr(label, end - label);
        }
        label = end + 1;
    }
    return leg;
}

std::optional<Match> match(const IndexedTrip& trip, const PreparedSearch& prepared) {
    const Search& search = prepared.search;
    if (!passes(trip, search)) return std::nullopt;
    const auto pair = best_pair(trip, prepared);
    if (!pair) return std::nullopt;
    const Match found = rated(to_match(trip, *pair), trip, search);
    if (search.price_min && found.leg_price < *search.price_min) return std::nullopt;
    if (search.price_max && found.leg_price > *search.price_max) return std::nullopt;
    const std::int64_t minute = local_minute(found.from_at, search);
    if (search.minute_from && minute < *search.minute_from) return std::nullopt;
    if (search.minute_to && minute > *search.minute_to) return std::nullopt;
    return found;
}

MatchPlace place_of(const Match& match, UtcTime departure_time, const Search& search) {
    const auto key = [&]() -> std::int64_t {
        switch (search.order) {
            case SearchOrder::price: return match.leg_price;
            case SearchOrder::departure_time: return whole_seconds(epoch_us(departure_time));
            case SearchOrder::duration: return whole_seconds((match.to_at - match.from_at).count());
            case SearchOrder::rank: return -match.score_e8;
        }
        return 0;
    }();
    return {.key = search.descending ? -key : key,
            .time = search.order == SearchOrder::rank ? match.from_at : departure_time,
            .trip_id = match.trip_id};
}

}  // namespace taama::carpool
