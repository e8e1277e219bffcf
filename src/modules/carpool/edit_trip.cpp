// PATCH /trips/{id}: a draft changes freely, a published trip as far as nobody who booked is
// harmed.

#include "modules/carpool/errors.hpp"
#include "modules/carpool/operations.hpp"
#include "modules/carpool/riders.hpp"
#include "modules/carpool/settings.hpp"
#include "modules/carpool/trip_edits.hpp"
#include "modules/carpool/trip_news.hpp"
#include "modules/carpool/trip_planning.hpp"
#include "platform/http/field_problem.hpp"

namespace taama::carpool {

namespace {

constexpr auto shift_max = std::chrono::minutes{30};
constexpr auto shift_frozen_before = std::chrono::hours{2};

template <class T>
void apply_text(const json::Patch<T>& change, std::optional<std::string>& text) {
    if (!change.given) return;
    text = change.value && !change.value->value.empty() ? std::optional{change.value->value}
                                                        : std::nullopt;
}

bool has_live_bookings(const TripRecord& trip) {
    return trip.counts.pending + trip.counts.accepted + trip.counts.paid > 0;
}

std::int32_t most_held(const TripRecord& trip) {
    std::int32_t most = 0;
    for (const Segment& segment : trip.segments)
        most = std::max(most, trip.seats_offered - segment.seats_free);
    return most;
}

// Both spellings: how many there are in all, or how many shall be free now.
std::int32_t wanted_seats(const TripChanges& changes, const TripRecord& trip) {
    if (changes.seats_offered) return static_cast<std::int32_t>(changes.seats_offered->value);
    if (changes.seats_available)
        return static_cast<std::int32_t>(changes.seats_available->value) + most_held(trip);
    return trip.seats_offered;
}

void check_seats(const http::Context& context, const TripRecord& trip, std::int32_t wanted) {
    const std::int32_t held = most_held(trip);
    if (wanted < held) throw not_enough_seats(wanted, held);
    if (wanted < 1)
        throw http::field_problem("seats_available", {"au moins une place", "one seat at least"},
                                  context.language);
}

// The bookings may move a little; everybody is told and may leave free of charge.
Task<void> shift_departure(pg::Tx& tx, TripRecord& trip, const http::Context& context,
                           UtcTime wanted, const TimeZone& zone) {
    const Microseconds by = wanted - trip.departure_time;
    const auto bookings = co_await lock_shifted(tx, trip.id);
    bool too_far = context.now >= trip.departure_time - shift_frozen_before;
    for (const ShiftedBooking& booking : bookings) {
        const auto total = booking.pickup_at + by - booking.booked_pickup_at;
        too_far = too_far || total > shift_max || -total > shift_max;
    }
    if (too_far) throw Refusal{errors::conflict, {{"reason", "cancel_and_republish"}}};
    for (const ShiftedBooking& booking : bookings) {
        const auto busy = co_await find_passenger_busy(
            tx,
            {booking.passenger_id, booking.id, booking.pickup_at + by, booking.dropoff_at + by});
        if (busy) throw Refusal{errors::conflict, {{"reason", "passenger_busy"}}};
    }
    save_shifted(tx, {trip.id, trip.stops, by, zone});
    save_bookings_shifted(tx, {trip.id, by, wanted, context.now});
    for (const ShiftedBooking& booking : bookings) tell_shifted(tx, booking, context.now);
    trip.departure_time += by;
    trip.arrival_eta += by;
}

Task<void> replan(const Deps& deps, pg::Tx& tx, const http::Context& context,
                  const TripChanges& changes, TripRecord& trip) {
    check_route_free(trip);
    PlannedTrip planned{.trip = trip};
    std::vector<PlannedStop> between;
    if (changes.stops)
        between = to_planned_stops(*changes.stops, deps.settings.get(settings_keys::stop_dwell_s));
    else
        for (const Stop& stop : trip.stops)
            if (stop.kind == StopKind::declared)
                between.push_back({stop.point, stop.label, stop.pickup_allowed,
                                   stop.dropoff_allowed, stop.dwell_s});
    const bool own_pace = trip.eta_source == EtaSource::driver && !changes.moves_route();
    const UtcTime departure = changes.departure_time.value_or(trip.departure_time);
    const auto kept_arrival =
        own_pace ? std::optional{UtcTime{trip.arrival_eta + (departure - trip.departure_time)}}
                 : std::nullopt;
    const Itinerary itinerary{
        .origin = changes.origin ? changes.origin->point() : trip.origin_point,
        .origin_text = changes.origin ? changes.origin->text.value : trip.origin_text,
        .destination = changes.destination ? changes.destination->point() : trip.destination_point,
        .destination_text =
            changes.destination ? changes.destination->text.value : trip.destination_text,
        .departure = departure,
        .arrival = changes.arrival_eta ? changes.arrival_eta : kept_arrival,
        .stops = std::move(between),
    };
    co_await plan_itinerary(deps, context, itinerary, planned);
    keep_stop_ids(trip.stops, changes.stops ? StopsBetween::replaced : StopsBetween::kept,
                  planned.stops);
    save_route(tx, {planned.trip, planned.route, planned.stops, planned.segments, deps.zone});
    static_cast<Trip&>(trip) = planned.trip;
    trip.stops = planned.stops;
    trip.segments = planned.segments;
}

boost::json::array changed_fields(const TripChanges& changes) {
    boost::json::array names;
    boost::mp11::mp_for_each<json::members_of<TripChanges>>([&](auto member) {
        const auto& field = changes.*member.pointer;
        if constexpr (requires { field.given; }) {
            if (field.given) names.emplace_back(member.name);
        } else {
            if (field.has_value()) names.emplace_back(member.name);
        }
    });
    return names;
}

}  // namespace

Task<http::Ok<TripView>> edit_trip(const Deps& deps, pg::Tx& tx, http::Context& context,
                                   http::Driver driver, http::Path<TripId> id,
                                   http::IfMatch if_match, http::Body<TripChanges> body) {
    const UtcTime now = context.now;
    const TripChanges& changes = *body;
    lock_person(tx, driver.id);
    TripRecord trip = co_await lock_own_trip(tx, *id, driver.id);
    if_match.check(co_await view_for_driver(deps, tx, trip, now));
    if (trip.status != TripStatus::draft && trip.status != TripStatus::published)
        throw Refusal{errors::invalid_state, {{"state", name_of(trip.status)}}};
    check_auto_accept(deps, context, changes.allow_auto_accept.value_or(false));
    release_lapsed_holds(tx, trip.id, trip.holds, now);
    for (Segment& segment : trip.segments)
        segment.seats_free =
            seats_free_on({segment}, trip.holds, {segment.from_m, segment.to_m}, now);
    trip.holds.clear();

    const std::int32_t seats = wanted_seats(changes, trip);
    if (seats != trip.seats_offered) {
        check_seats(context, trip, seats);
        save_seats_offered(tx, trip.id, seats - trip.seats_offered);
        trip.seats_offered = seats;
    }
    if (changes.vehicle_id || changes.seats_offered || changes.seats_available)
        trip.vehicle_id = co_await choose_vehicle(
            tx, context, driver.id, changes.vehicle_id ? changes.vehicle_id : trip.vehicle_id,
            {seats, changes.seats_offered ? "seats_offered" : "seats_available"});
    if (changes.price_per_seat) trip.price_per_seat = changes.price_per_seat->minor;
    apply_text(changes.luggage_policy, trip.luggage_policy);
    apply_text(changes.rules, trip.rules);
    trip.allow_auto_accept = changes.allow_auto_accept.value_or(trip.allow_auto_accept);
    trip.cash_allowed = changes.cash_allowed.value_or(trip.cash_allowed);
    trip.en_route = changes.en_route.value_or(trip.en_route);
    if (changes.max_detour_min)
        trip.max_detour_min = static_cast<std::int32_t>(changes.max_detour_min->value);

    const bool only_time_moves = changes.departure_time && !changes.moves_route();
    if (only_time_moves && has_live_bookings(trip))
        co_await shift_departure(tx, trip, context, *changes.departure_time, deps.zone);
    else if (changes.departure_time || changes.moves_route())
        co_await replan(deps, tx, context, changes, trip);

    check_price_range(deps, context, trip, trip.stops.back().offset_m);
    if (trip.status == TripStatus::published) {
        if (const auto busy = co_await find_driver_busy(tx, driver.id, trip.id,
                                                        {trip.departure_time, trip.arrival_eta}))
            throw driver_busy(*busy);
        co_await take_vehicle(deps, tx, trip, now);
    }
    trip.updated_at = now;
    save_trip(tx, trip);
    ++trip.version;
    save_trip_history(tx,
                      {.trip_id = trip.id,
                       .event = "edit",
                       .from = trip.status,
                       .to = trip.status,
                       .by = driver.id,
                       .meta = {{"changed", changed_fields(changes)}}},
                      now);
    if (trip.status == TripStatus::published)
        tell_trip(tx, "trip.updated", trip, now, {{"changed", changed_fields(changes)}});
    const auto edited = co_await find_trip(tx, trip.id, driver.id);
    co_return http::Ok<TripView>{co_await view_for_driver(deps, tx, edited.value(), now)};
}

}  // namespace taama::carpool
