#include "modules/carpool/ride_steps.hpp"

#include "modules/carpool/errors.hpp"
#include "modules/carpool/settings.hpp"
#include "modules/carpool/trip_news.hpp"
#include "modules/drivers/drivers.hpp"
#include "modules/vehicles/vehicles.hpp"

namespace taama::carpool {

namespace {

void save_trip_step(pg::Tx& tx, Trip& trip, TripStatus from, TripEvent event, const Doer& doer) {
    trip.updated_at = doer.now;
    ++trip.version;
    save_trip(tx, trip);
    save_open(tx, trip.id, trip.is_open());
    save_trip_history(tx,
                      {.trip_id = trip.id,
                       .event = name_of(event),
                       .from = from,
                       .to = trip.status,
                       .by = doer.person},
                      doer.now);
}

}  // namespace

Task<void> begin_trip(const Deps& deps, pg::Tx& tx, Trip& trip, const Doer& doer,
                      UtcTime boarded_until) {
    const TripStatus from = trip.status;
    trip.status = next_or_throw(from, TripEvent::start, doer.actor);
    co_await drivers::begin_duty(tx, {trip.driver_id, drivers::DutyKind::carpool, trip.id.uuid},
                                 doer.now);
    trip.started_at = doer.occurred_at.value_or(doer.now);
    save_trip_step(tx, trip, from, TripEvent::start, doer);
    tell_trip(tx, "trip.started", trip, doer.now);
    const std::vector unpaid{BookingStatus::pending, BookingStatus::accepted};
    for (BookingRecord& booking : co_await find_trip_bookings(tx, trip.id, unpaid)) {
        if (booking.pickup_at > boarded_until || booking.cash_due > 0) continue;
        co_await cancel(deps, tx, booking, {.reason = "trip_started"},
                        {.actor = Actor::system, .now = doer.now});
    }
}

Task<void> finish_trip(const Deps& deps, pg::Tx& tx, Trip& trip, TripEvent event,
                       const Doer& doer) {
    const TripStatus from = trip.status;
    trip.status = next_or_throw(from, event, doer.actor);
    const std::vector live{BookingStatus::pending, BookingStatus::accepted, BookingStatus::paid};
    const Doer system{.actor = Actor::system, .now = doer.now};
    for (BookingRecord& booking : co_await find_trip_bookings(tx, trip.id, live)) {
        // Whoever checked in was there, also when nobody said that the ride began.
        if (booking.checked_in_at && !booking.started_at)
            booking.started_at = booking.checked_in_at;
        if (booking.started_at)
            co_await complete(deps, tx, booking,
                              {.actor = doer.actor,
                               .person = doer.person,
                               .now = doer.now,
                               .occurred_at = doer.occurred_at});
        else if (booking.status == BookingStatus::paid)
            co_await cancel(deps, tx, booking,
                            {.event = BookingEvent::no_show, .reason = "no_show"}, system);
        else
            co_await cancel(deps, tx, booking, {.reason = "trip_ended"}, system);
    }
    trip.ended_at = doer.occurred_at.value_or(doer.now);
    save_trip_step(tx, trip, from, event, doer);
    if (from == TripStatus::ongoing) save_trip_done(tx, {trip.driver_id, PartyRole::driver});
    drivers::end_duty(tx, drivers::DutyKind::carpool, trip.id.uuid, doer.now);
    vehicles::cut_calendar(tx, vehicles::UseKind::trip, trip.id.uuid, doer.now);
    tell_trip(tx, "trip.completed", trip, doer.now);
}

Task<void> cancel_bookings_of(const Deps& deps, pg::Tx& tx, TripId trip, std::string_view reason,
                              const Doer& doer) {
    const std::vector live{BookingStatus::pending, BookingStatus::accepted, BookingStatus::paid};
    for (BookingRecord& booking : co_await find_trip_bookings(tx, trip, live))
        co_await cancel(deps, tx, booking, {.reason = std::string{reason}}, doer);
}

Task<void> mark_absent(const Deps& deps, pg::Tx& tx, BookingRecord& booking, const Doer& doer) {
    const auto wait = std::chrono::minutes{deps.settings.get(settings_keys::no_show_wait_min)};
    or_throw(check_no_show(booking, wait, doer.occurred_at.value_or(doer.now)));
    co_await cancel(deps, tx, booking, {.event = BookingEvent::no_show, .reason = "no_show"}, doer);
}

Task<void> start(const Deps& deps, pg::Tx& tx, BookingRecord& booking, const Doer& doer) {
    const BookingStatus from = booking.status;
    const UtcTime at = doer.occurred_at.value_or(doer.now);
    booking.status = next_or_throw(from, BookingEvent::start, doer.actor);
    or_throw(check_start(booking, at));
    auto trip = or_throw(co_await find_trip(tx, booking.trip_id, std::nullopt), errors::not_found);
    if (trip.status == TripStatus::published)
        co_await begin_trip(deps, tx, trip, doer, booking.pickup_at);
    booking.started_at = at;
    save_step(tx, booking, BookingEvent::start, from, doer);
    tell_booking(tx, "booking.started", booking, doer.now);

    // Who should have got on at this stop or before, and did not come.
    const auto wait = std::chrono::minutes{deps.settings.get(settings_keys::no_show_wait_min)};
    for (BookingRecord& other :
         co_await find_trip_bookings(tx, booking.trip_id, {BookingStatus::paid}))
        if (!other.checked_in_at && other.pickup_at <= booking.pickup_at &&
            at >= other.pickup_at + wait)
            co_await cancel(deps, tx, other, {.event = BookingEvent::no_show, .reason = "no_show"},
                            {.actor = Actor::system, .now = doer.now});
}

}  // namespace taama::carpool
