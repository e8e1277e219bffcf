// POST /bookings/{id}/start-ride, /end-ride, /no-show and the same for a whole trip.

#include "modules/carpool/errors.hpp"
#include "modules/carpool/operations.hpp"
#include "modules/carpool/ride_steps.hpp"
#include "modules/carpool/riders.hpp"
#include "modules/carpool/settings.hpp"

namespace taama::carpool {

namespace {

Doer by_driver(AccountId driver, UtcTime now, UtcTime at) {
    return {.actor = Actor::driver, .person = driver, .now = now, .occurred_at = at};
}

// The last ride to end ends the trip.
Task<void> finish_if_last(const Deps& deps, pg::Tx& tx, const Booking& booking, const Doer& doer) {
    const std::vector live{BookingStatus::pending, BookingStatus::accepted, BookingStatus::paid};
    const auto others = co_await find_trip_bookings(tx, booking.trip_id, live);
    if (!others.empty()) co_return;
    auto trip = or_throw(co_await find_trip(tx, booking.trip_id, std::nullopt), errors::not_found);
    if (trip.status == TripStatus::ongoing)
        co_await finish_trip(deps, tx, trip, TripEvent::end, doer);
}

Task<http::Ok<BookingView>> answer(const Deps& deps, pg::Tx& tx, BookingId id, AccountId driver,
                                   UtcTime now) {
    const auto booking = or_throw(co_await find_booking(tx, id), errors::not_found);
    co_return http::Ok<BookingView>{to_view(booking, {driver, now}, deps)};
}

// Who has checked in and sits in the car, or may.
Task<std::vector<BookingRecord>> find_boarded(pg::Tx& tx, TripId trip, UtcTime at) {
    std::vector<BookingRecord> boarded;
    for (BookingRecord& booking : co_await find_trip_bookings(tx, trip, {BookingStatus::paid}))
        if (!booking.started_at && check_start(booking, at)) boarded.push_back(std::move(booking));
    co_return boarded;
}

// With nobody on board the driver waits for those who may still come.
void check_empty_start(const Deps& deps, const Trip& trip, UtcTime at) {
    const auto wait = std::chrono::minutes{deps.settings.get(settings_keys::no_show_wait_min)};
    if (at >= trip.departure_time + wait) return;
    throw Refusal{errors::invalid_state,
                  {{"state", name_of(trip.status)},
                   {"event", name_of(TripEvent::start)},
                   {"reason", "too_early"},
                   {"opens_at", to_string(UtcTime{trip.departure_time + wait})}}};
}

}  // namespace

Task<http::Ok<BookingView>> start_ride(const Deps& deps, pg::Tx& tx, http::Context& context,
                                       http::Driver driver, http::Path<BookingId> id,
                                       http::Body<Occurrence> body) {
    const UtcTime now = context.now;
    BookingRecord booking = co_await lock_booking_of_driver(tx, *id, driver.id);
    if (!booking.started_at) {
        next_or_throw(booking.status, BookingEvent::start, Actor::driver);
        const UtcTime after = booking.checked_in_at.value_or(booking.created_at);
        const UtcTime at = or_throw(happened_at({body->occurred_at, after, now, context.language}));
        co_await start(deps, tx, booking, by_driver(driver.id, now, at));
    }
    co_return co_await answer(deps, tx, *id, driver.id, now);
}

Task<http::Ok<BookingView>> end_ride(const Deps& deps, pg::Tx& tx, http::Context& context,
                                     http::Driver driver, http::Path<BookingId> id,
                                     http::Body<Occurrence> body) {
    const UtcTime now = context.now;
    BookingRecord booking = co_await lock_booking_of_driver(tx, *id, driver.id);
    if (booking.status != BookingStatus::completed) {
        next_or_throw(booking.status, BookingEvent::end, Actor::driver);
        const UtcTime after = booking.started_at.value_or(booking.created_at);
        const UtcTime at = or_throw(happened_at({body->occurred_at, after, now, context.language}));
        const Doer doer = by_driver(driver.id, now, at);
        co_await complete(deps, tx, booking, doer);
        co_await finish_if_last(deps, tx, booking, doer);
    }
    co_return co_await answer(deps, tx, *id, driver.id, now);
}

Task<http::Ok<BookingView>> mark_no_show(const Deps& deps, pg::Tx& tx, http::Context& context,
                                         http::Driver driver, http::Path<BookingId> id,
                                         http::Body<Occurrence> body) {
    const UtcTime now = context.now;
    BookingRecord booking = co_await lock_booking_of_driver(tx, *id, driver.id);
    if (booking.cancel_reason != "no_show") {
        next_or_throw(booking.status, BookingEvent::no_show, Actor::driver);
        const UtcTime at =
            or_throw(happened_at({body->occurred_at, booking.created_at, now, context.language}));
        const Doer doer = by_driver(driver.id, now, at);
        co_await mark_absent(deps, tx, booking, doer);
        co_await finish_if_last(deps, tx, booking, doer);
    }
    co_return co_await answer(deps, tx, *id, driver.id, now);
}

Task<http::Ok<TripView>> start_trip(const Deps& deps, pg::Tx& tx, http::Context& context,
                                    http::Driver driver, http::Path<TripId> id,
                                    http::Body<Occurrence> body) {
    const UtcTime now = context.now;
    TripRecord trip = co_await lock_own_trip(tx, *id, driver.id);
    // A trip under way goes on from its next stop.
    const bool sets_off = trip.status != TripStatus::ongoing;
    if (sets_off) next_or_throw(trip.status, TripEvent::start, Actor::driver);
    const UtcTime at = or_throw(
        happened_at({body->occurred_at, trip.published_at.value(), now, context.language}));
    const Doer doer = by_driver(driver.id, now, at);
    std::vector<BookingRecord> boarded = co_await find_boarded(tx, *id, at);
    if (sets_off && boarded.empty()) {
        check_empty_start(deps, trip, at);
        co_await begin_trip(deps, tx, trip, doer, trip.departure_time);
    }
    for (BookingRecord& booking : boarded) co_await start(deps, tx, booking, doer);
    const auto started = co_await find_trip(tx, *id, driver.id);
    co_return http::Ok<TripView>{co_await view_for_driver(deps, tx, started.value(), now)};
}

Task<http::Ok<TripView>> end_trip(const Deps& deps, pg::Tx& tx, http::Context& context,
                                  http::Driver driver, http::Path<TripId> id,
                                  http::Body<Occurrence> body) {
    const UtcTime now = context.now;
    TripRecord trip = co_await lock_own_trip(tx, *id, driver.id);
    if (trip.status != TripStatus::completed) {
        next_or_throw(trip.status, TripEvent::end, Actor::driver);
        const UtcTime at = or_throw(
            happened_at({body->occurred_at, trip.started_at.value(), now, context.language}));
        co_await finish_trip(deps, tx, trip, TripEvent::end, by_driver(driver.id, now, at));
    }
    const auto ended = co_await find_trip(tx, *id, driver.id);
    co_return http::Ok<TripView>{co_await view_for_driver(deps, tx, ended.value(), now)};
}

}  // namespace taama::carpool
