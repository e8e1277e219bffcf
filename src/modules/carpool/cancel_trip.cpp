// POST /trips/{id}/cancel, DELETE /trips/{id}: a trip that does not take place; everybody gets his
// money back.

#include "modules/carpool/errors.hpp"
#include "modules/carpool/operations.hpp"
#include "modules/carpool/ride_steps.hpp"
#include "modules/carpool/riders.hpp"
#include "modules/carpool/trip_news.hpp"
#include "modules/vehicles/vehicles.hpp"

namespace taama::carpool {

namespace {

Task<Money> paid_for(pg::Tx& tx, const Trip& trip) {
    Money paid{0, trip.currency};
    for (const BookingRecord& booking :
         co_await find_trip_bookings(tx, trip.id, {BookingStatus::paid}))
        paid = paid + Money{booking.amount_total - booking.refunded_amount, trip.currency};
    co_return paid;
}

}  // namespace

Task<http::Ok<CancelledTripView>> cancel_trip(const Deps& deps, pg::Tx& tx, http::Context& context,
                                              http::Driver driver, http::Path<TripId> id,
                                              http::Body<CancelTrip> body) {
    const UtcTime now = context.now;
    TripRecord trip = co_await lock_own_trip(tx, *id, driver.id);
    const CancellationView cancellation = evaluate_cancellation(
        TripToCancel{trip.departure_time,
                     next_state(trip.status, TripEvent::cancel, Actor::driver).has_value(),
                     co_await paid_for(tx, trip)},
        now);
    if (trip.status != TripStatus::cancelled) {
        const TripStatus from = trip.status;
        trip.status = next_or_throw(from, TripEvent::cancel, Actor::driver);
        const Doer doer{.actor = Actor::driver, .person = driver.id, .now = now};
        release_lapsed_holds(tx, trip.id, trip.holds, now);
        co_await cancel_bookings_of(deps, tx, trip.id, "trip_cancelled", doer);
        trip.cancel_reason = name_of(body->reason);
        if (body->comment && !body->comment->value.empty())
            trip.cancel_comment = body->comment->value;
        trip.cancelled_by = Actor::driver;
        trip.cancelled_at = trip.updated_at = now;
        save_trip(tx, trip);
        ++trip.version;
        save_open(tx, trip.id, false);
        save_trip_history(tx,
                          {.trip_id = trip.id,
                           .event = name_of(TripEvent::cancel),
                           .from = from,
                           .to = trip.status,
                           .by = driver.id,
                           .meta = {{"reason", *trip.cancel_reason}}},
                          now);
        vehicles::release_calendar(tx, vehicles::UseKind::trip, trip.id.uuid);
        tell_trip(tx, "trip.cancelled", trip, now,
                  {{"by", "driver"}, {"reason", *trip.cancel_reason}});
    }
    const auto cancelled = co_await find_trip(tx, trip.id, driver.id);
    co_return http::Ok<CancelledTripView>{
        {co_await view_for_driver(deps, tx, cancelled.value(), now), cancellation}};
}

Task<http::Ok<CancellationView>> preview_trip_cancellation(const Deps&, pg::Tx& tx,
                                                           http::Context& context,
                                                           http::Driver driver,
                                                           http::Path<TripId> id) {
    const auto trip = or_throw(co_await find_trip(tx, *id, driver.id), errors::not_found);
    if (trip.driver_id != driver.id) throw Refusal{errors::not_found};
    co_return http::Ok<CancellationView>{evaluate_cancellation(
        TripToCancel{trip.departure_time,
                     next_state(trip.status, TripEvent::cancel, Actor::driver).has_value(),
                     co_await paid_for(tx, trip)},
        context.now)};
}

Task<http::NoContent> delete_trip(const Deps& deps, pg::Tx& tx, http::Context& context,
                                  http::Driver driver, http::Path<TripId> id) {
    const UtcTime now = context.now;
    TripRecord trip = co_await lock_own_trip(tx, *id, driver.id);
    next_or_throw(trip.status, TripEvent::remove, Actor::driver);
    if (trip.counts.paid > 0)
        throw Refusal{errors::conflict,
                      {{"reason", "has_paid_bookings"}, {"paid_bookings", trip.counts.paid}}};
    release_lapsed_holds(tx, trip.id, trip.holds, now);
    co_await cancel_bookings_of(deps, tx, trip.id, "trip_deleted",
                                {.actor = Actor::driver, .person = driver.id, .now = now});
    save_open(tx, trip.id, false);
    save_deleted(tx, trip.id, now);
    save_trip_history(tx,
                      {.trip_id = trip.id,
                       .event = name_of(TripEvent::remove),
                       .from = trip.status,
                       .to = trip.status,
                       .by = driver.id},
                      now);
    vehicles::release_calendar(tx, vehicles::UseKind::trip, trip.id.uuid);
    ++trip.version;
    if (trip.status == TripStatus::published)
        tell_trip(tx, "trip.cancelled", trip, now, {{"by", "driver"}, {"reason", "trip_deleted"}});
    co_return http::NoContent{};
}

}  // namespace taama::carpool
