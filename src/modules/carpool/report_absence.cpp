// POST /bookings/{id}/report-absence: the driver did not come, and the passenger gets all back.

#include "modules/carpool/booking_steps.hpp"
#include "modules/carpool/errors.hpp"
#include "modules/carpool/operations.hpp"
#include "modules/drivers/drivers.hpp"

namespace taama::carpool {

namespace {

constexpr auto watched_before = std::chrono::minutes{15};
constexpr std::int32_t there_within_m = 500;

// Of a driver who was at the pick-up somebody has to hear both sides.
Task<void> check_driver_away(pg::Tx& tx, const Booking& booking, UtcTime now) {
    const bool was_there =
        co_await drivers::was_near(tx, booking.driver_id, {booking.pickup_point, there_within_m},
                                   {booking.pickup_at - watched_before, now});
    if (was_there) throw wrong_state(booking.status, BookingEvent::report_absence, "use_dispute");
}

}  // namespace

Task<http::Ok<BookingView>> report_absence(const Deps& deps, pg::Tx& tx, http::Context& context,
                                           http::User user, http::Path<BookingId> id,
                                           http::Body<ReportAbsence> body) {
    const UtcTime now = context.now;
    BookingRecord booking = co_await lock_booking_of(tx, *id, user.id);
    if (booking.passenger_id != user.id) throw Refusal{errors::not_found};
    next_or_throw(booking.status, BookingEvent::report_absence, Actor::passenger);
    or_throw(check_absence(booking, booking.trip.status, now));
    co_await check_driver_away(tx, booking, now);
    release_lapsed_holds(tx, booking, now);
    boost::json::object meta;
    if (body->comment && !body->comment->value.empty()) meta["comment"] = body->comment->value;
    co_await cancel(
        deps, tx, booking,
        {.event = BookingEvent::report_absence, .reason = "driver_absent", .meta = std::move(meta)},
        {.actor = Actor::passenger, .person = user.id, .now = now});
    booking = or_throw(co_await find_booking(tx, *id), errors::not_found);
    co_return http::Ok<BookingView>{to_view(booking, {user.id, now}, deps)};
}

}  // namespace taama::carpool
