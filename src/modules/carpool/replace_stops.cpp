// POST /trips/{id}/stops: the stops between the ends, all of them anew.

#include "modules/carpool/operations.hpp"
#include "modules/carpool/settings.hpp"
#include "modules/carpool/trip_news.hpp"
#include "modules/carpool/trip_planning.hpp"

namespace taama::carpool {

Task<http::Created<std::vector<StopView>>> replace_stops(const Deps& deps, pg::Tx& tx,
                                                         http::Context& context,
                                                         http::Driver driver, http::Path<TripId> id,
                                                         http::Body<NewStops> body) {
    const UtcTime now = context.now;
    const TripRecord trip = co_await lock_own_trip(tx, *id, driver.id);
    check_route_free(trip);

    PlannedTrip planned{.trip = trip};
    const bool own_pace = trip.eta_source == EtaSource::driver;
    const Itinerary itinerary{
        .origin = trip.origin_point,
        .origin_text = trip.origin_text,
        .destination = trip.destination_point,
        .destination_text = trip.destination_text,
        .departure = trip.departure_time,
        .arrival = own_pace ? std::optional{trip.arrival_eta} : std::nullopt,
        .stops = to_planned_stops(body->stops, deps.settings.get(settings_keys::stop_dwell_s)),
    };
    co_await plan_itinerary(deps, context, itinerary, planned);
    keep_stop_ids(trip.stops, StopsBetween::replaced, planned.stops);
    planned.trip.updated_at = now;
    if (trip.status == TripStatus::published) co_await take_vehicle(deps, tx, planned.trip, now);
    save_route(tx, {planned.trip, planned.route, planned.stops, planned.segments, deps.zone});
    save_trip(tx, planned.trip);
    save_trip_history(tx,
                      {.trip_id = trip.id,
                       .event = "replace_stops",
                       .from = trip.status,
                       .to = trip.status,
                       .by = driver.id},
                      now);
    if (trip.status == TripStatus::published)
        tell_trip(tx, "trip.updated", planned.trip, now, {{"changed", {"stops"}}});
    const auto record = co_await find_trip(tx, trip.id, driver.id);
    co_return http::Created<std::vector<StopView>>{to_stop_views(record.value(), now),
                                                   "/trips/" + trip.id.to_string() + "/stops"};
}

void check_route_free(const TripRecord& trip) {
    const BookingCounts& counts = trip.counts;
    if (counts.pending + counts.accepted + counts.paid > 0)
        throw Refusal{errors::invalid_state,
                      {{"state", name_of(trip.status)}, {"reason", "has_bookings"}}};
    if (trip.status != TripStatus::draft && trip.status != TripStatus::published)
        throw Refusal{errors::invalid_state, {{"state", name_of(trip.status)}}};
}

}  // namespace taama::carpool
