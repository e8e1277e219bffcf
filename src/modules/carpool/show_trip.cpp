// GET /trips/{id}, its stops and the price of a leg: public as long as the trip runs.

#include "modules/carpool/booking_steps.hpp"
#include "modules/carpool/errors.hpp"
#include "modules/carpool/operations.hpp"
#include "modules/carpool/riders.hpp"
#include "modules/carpool/settings.hpp"
#include "modules/carpool/trip_reader.hpp"
#include "platform/http/field_problem.hpp"

namespace taama::carpool {

namespace {

std::optional<AccountId> viewer_of(const http::Caller& caller) {
    return caller.kind == http::Caller::Kind::user ? std::optional{caller.account()} : std::nullopt;
}

}  // namespace

Task<TripRecord> find_visible(const Deps& deps, const http::Caller& caller, TripId id,
                              UtcTime now) {
    const auto viewer = viewer_of(caller);
    auto trip = or_throw(co_await deps.trip_reader.look_at(id, viewer), errors::not_found);
    const bool staff = caller.kind == http::Caller::Kind::staff;
    if (!staff && !may_see(trip, viewer)) throw Refusal{errors::not_found};
    co_return trip;
}

Task<http::Ok<TripView>> show_trip(const Deps& deps, http::Context& context,
                                   http::MaybeCaller caller, http::Path<TripId> id) {
    const TripRecord trip = co_await find_visible(deps, caller.caller, *id, context.now);
    const auto viewer = viewer_of(caller.caller);
    if (viewer == trip.driver_id)
        co_return http::Ok<TripView>{co_await view_for_driver(deps, trip, context.now)};
    co_return http::Ok<TripView>{to_view(trip, {viewer, context.now, deps.file_urls})};
}

Task<http::List<StopView>> show_stops(const Deps& deps, http::Context& context,
                                      http::MaybeCaller caller, http::Path<TripId> id) {
    const TripRecord trip = co_await find_visible(deps, caller.caller, *id, context.now);
    co_return http::List<StopView>{.items = to_stop_views(trip, context.now)};
}

Task<http::Ok<QuoteView>> quote_leg(const Deps& deps, http::Context& context,
                                    http::MaybeCaller caller, http::Path<TripId> id,
                                    http::Query<QuoteQuery> query) {
    const TripRecord trip = co_await find_visible(deps, caller.caller, *id, context.now);
    const auto seats = query->seats ? static_cast<std::int32_t>(query->seats->value) : 1;
    const auto place = [](const std::optional<json::Point>& point) {
        return point ? std::optional{Place{point->point(), {}}} : std::nullopt;
    };
    const Leg leg = find_leg_or_throw(deps, context, trip,
                                      {.from = {query->from_stop, place(query->pickup)},
                                       .to = {query->to_stop, place(query->dropoff)}});
    const std::int32_t free = seats_free_on(trip.segments, trip.holds, leg.stretch(), context.now);
    if (seats > free) throw not_enough_seats(free, seats);
    co_return http::Ok<QuoteView>{
        {to_view(leg, trip.currency, free), Money{leg.price_per_seat * seats, trip.currency}}};
}

void QuoteQuery::check(json::Reader& reader) const {
    const json::Said one{"donnez un arrêt ou une position, pas les deux",
                         "give a stop or a position, not both"};
    if (from_stop && pickup) reader.problem_at("from_stop", one);
    if (to_stop && dropoff) reader.problem_at("to_stop", one);
}

Leg find_leg_or_throw(const Deps& deps, const http::Context& context, const TripRecord& trip,
                      WantedLeg wanted) {
    wanted.radius_m = 1000L * deps.settings.get(settings_keys::default_radius_km);
    wanted.min_leg_m = deps.settings.get(settings_keys::min_leg_m);
    const auto known = [&trip](const std::optional<StopId>& id) {
        return !id || std::any_of(trip.stops.begin(), trip.stops.end(),
                                  [&id](const Stop& stop) { return stop.id == *id; });
    };
    const json::Said unknown{"n'est pas un arrêt de ce trajet", "is not a stop of this trip"};
    if (!known(wanted.from.stop)) throw http::field_problem("from_stop", unknown, context.language);
    if (!known(wanted.to.stop)) throw http::field_problem("to_stop", unknown, context.language);
    const LegPriceTerms terms{deps.settings.get(settings_keys::leg_price_step),
                              deps.settings.get(settings_keys::leg_price_min)};
    return or_throw(find_leg({trip.stops, trip.price_per_seat, terms}, wanted));
}

}  // namespace taama::carpool
