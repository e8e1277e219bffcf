// POST /trips/{id}/publish: a draft becomes searchable.

#include "modules/carpool/operations.hpp"
#include "modules/carpool/riders.hpp"
#include "modules/carpool/trip_news.hpp"
#include "modules/carpool/trip_planning.hpp"

namespace taama::carpool {

Task<http::Ok<TripView>> publish_trip(const Deps& deps, pg::Tx& tx, http::Context& context,
                                      http::Driver driver, http::Path<TripId> id) {
    const UtcTime now = context.now;
    lock_person(tx, driver.id);
    TripRecord trip = co_await lock_own_trip(tx, *id, driver.id);
    if (trip.status == TripStatus::published)
        co_return http::Ok<TripView>{co_await view_for_driver(deps, tx, trip, now)};

    const TripStatus before = trip.status;
    const TripStatus after = next_or_throw(before, TripEvent::publish, Actor::driver);
    // A draft needs no vehicle, and the one it has may have changed since.
    trip.vehicle_id =
        co_await choose_vehicle(tx, context, driver.id, trip.vehicle_id, {trip.seats_offered});
    const PlannedTrip planned{
        .trip = trip, .route = {}, .stops = trip.stops, .segments = trip.segments};
    co_await check_publishing(deps, tx, context, planned);

    trip.status = after;
    trip.published_at = trip.updated_at = now;
    save_trip(tx, trip);
    save_open(tx, trip.id, trip.is_open());
    save_trip_history(
        tx, {.trip_id = trip.id, .event = "publish", .from = before, .to = after, .by = driver.id},
        now);
    ++trip.version;
    tell_trip(tx, "trip.published", trip, now);
    const auto published = co_await find_trip(tx, *id, driver.id);
    co_return http::Ok<TripView>{co_await view_for_driver(deps, tx, published.value(), now)};
}

}  // namespace taama::carpool
