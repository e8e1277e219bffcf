// POST /bookings/{id}/accept and /reject: the driver answers a request.

#include "modules/carpool/booking_steps.hpp"
#include "modules/carpool/errors.hpp"
#include "modules/carpool/operations.hpp"

namespace taama::carpool {

namespace {

Task<void> check_passenger_free(pg::Tx& tx, const Booking& booking) {
    const auto busy = co_await find_passenger_busy(
        tx, {booking.passenger_id, booking.id, booking.pickup_at, booking.dropoff_at});
    if (!busy) co_return;
    boost::json::object details{{"reason", "passenger_busy"}};
    if (busy->booking_id) details["booking_id"] = busy->booking_id->to_string();
    if (busy->trip_id) details["trip_id"] = busy->trip_id->to_string();
    throw Refusal{errors::conflict, std::move(details)};
}

}  // namespace

Task<http::Ok<BookingView>> accept_booking(const Deps& deps, pg::Tx& tx, http::Context& context,
                                           http::Driver driver, http::Path<BookingId> id) {
    const UtcTime now = context.now;
    BookingRecord booking = co_await lock_booking_of_driver(tx, *id, driver.id);
    const bool accepted_before =
        booking.accepted_at.has_value() && booking.status != BookingStatus::cancelled;
    if (!accepted_before) {
        next_or_throw(booking.status, BookingEvent::accept, Actor::driver);
        if (now >= booking.request_expires_at)
            throw wrong_state(booking.status, BookingEvent::accept, "expired");
        co_await check_passenger_free(tx, booking);
        co_await accept(deps, tx, booking,
                        {.actor = Actor::driver, .person = driver.id, .now = now});
        booking = or_throw(co_await find_booking(tx, *id), errors::not_found);
    }
    co_return http::Ok<BookingView>{to_view(booking, {driver.id, now}, deps)};
}

Task<http::Ok<BookingView>> reject_booking(const Deps& deps, pg::Tx& tx, http::Context& context,
                                           http::Driver driver, http::Path<BookingId> id,
                                           http::Body<RejectBooking> body) {
    const UtcTime now = context.now;
    BookingRecord booking = co_await lock_booking_of_driver(tx, *id, driver.id);
    if (booking.cancel_reason != "driver_rejected") {
        boost::json::object meta;
        if (body->reason) meta["why"] = name_of(*body->reason);
        if (body->message && !body->message->value.empty()) meta["message"] = body->message->value;
        co_await cancel(
            deps, tx, booking,
            {.event = BookingEvent::reject, .reason = "driver_rejected", .meta = std::move(meta)},
            {.actor = Actor::driver, .person = driver.id, .now = now});
    }
    co_return http::Ok<BookingView>{to_view(booking, {driver.id, now}, deps)};
}

}  // namespace taama::carpool
