// POST /trips: a driver announces a journey, published at once or kept as a draft.

#include "modules/carpool/operations.hpp"
#include "modules/carpool/riders.hpp"
#include "modules/carpool/settings.hpp"
#include "modules/carpool/trip_news.hpp"
#include "modules/carpool/trip_planning.hpp"

namespace taama::carpool {

namespace {

template <class T>
std::optional<std::string> text_of(const std::optional<T>& text) {
    if (!text || text->value.empty()) return std::nullopt;
    return text->value;
}

Trip to_trip(const NewTrip& wanted, const Deps& deps, AccountId driver, UtcTime now) {
    Trip trip;
    trip.id = TripId::make();
    trip.driver_id = driver;
    trip.seats_offered = wanted.seats();
    trip.price_per_seat = wanted.price_per_seat.minor;
    trip.currency = deps.currency;
    trip.luggage_policy = text_of(wanted.luggage_policy);
    trip.rules = text_of(wanted.rules);
    trip.allow_auto_accept = wanted.allow_auto_accept.value_or(false);
    trip.cash_allowed = wanted.cash_allowed.value_or(true);
    trip.en_route = wanted.en_route.value_or(true);
    trip.max_detour_min = wanted.max_detour_min
                              ? static_cast<std::int32_t>(wanted.max_detour_min->value)
                              : deps.settings.get(settings_keys::default_detour_min);
    trip.created_at = trip.updated_at = now;
    return trip;
}

}  // namespace

Task<http::Created<TripView>> create_trip(const Deps& deps, pg::Tx& tx, http::Context& context,
                                          http::Driver driver, http::Body<NewTrip> body) {
    const NewTrip& wanted = *body;
    const UtcTime now = context.now;
    const bool publish = wanted.status.value_or(FirstStatus::published) == FirstStatus::published;
    check_auto_accept(deps, context, wanted.allow_auto_accept.value_or(false));

    PlannedTrip planned{.trip = to_trip(wanted, deps, driver.id, now)};
    const Itinerary itinerary{
        .origin = wanted.origin.point(),
        .origin_text = wanted.origin.text.value,
        .destination = wanted.destination.point(),
        .destination_text = wanted.destination.text.value,
        .departure = wanted.departure_time,
        .arrival = wanted.arrival_eta,
        .stops = to_planned_stops(wanted.stops.value_or(std::vector<NewStop>{}),
                                  deps.settings.get(settings_keys::stop_dwell_s)),
    };
    co_await plan_itinerary(deps, context, itinerary, planned);
    Trip& trip = planned.trip;
    trip.vehicle_id = co_await choose_vehicle(tx, context, driver.id, wanted.vehicle_id,
                                              {trip.seats_offered, wanted.seats_field()});
    if (publish) {
        co_await check_publishing(deps, tx, context, planned);
        trip.status = next_or_throw(TripStatus::draft, TripEvent::publish, Actor::driver);
        trip.published_at = now;
    } else {
        co_await check_driver_account(tx, driver.id);
    }

    save_new_trip(tx, {trip, planned.route, planned.stops, planned.segments, deps.zone});
    save_trip_history(
        tx, {.trip_id = trip.id, .event = "create", .from = {}, .to = trip.status, .by = driver.id},
        now);
    if (publish) tell_trip(tx, "trip.published", trip, now);
    const auto record = co_await find_trip(tx, trip.id, driver.id);
    co_return http::Created<TripView>{co_await view_for_driver(deps, tx, record.value(), now),
                                      "/trips/" + trip.id.to_string()};
}

}  // namespace taama::carpool
