// POST /bookings/{id}/cancel by either side, and what it would cost.

#include "modules/carpool/booking_steps.hpp"
#include "modules/carpool/errors.hpp"
#include "modules/carpool/operations.hpp"
#include "platform/http/field_problem.hpp"

namespace taama::carpool {

namespace {

// Rules read these words: whom the system cancels does not count as unpaid, say.
constexpr std::string_view reasons_of_the_system[] = {
    "driver_rejected", "request_expired", "payment_timeout", "superseded",
    "sold_out",        "no_show",         "trip_cancelled",  "trip_deleted",
    "trip_started",    "trip_ended",      "driver_absent"};

void check_reason(const CancelBooking& wanted, Language language) {
    if (wanted.reason && std::ranges::find(reasons_of_the_system, wanted.reason->value) !=
                             std::end(reasons_of_the_system))
        throw http::field_problem(
            "reason", {"est réservé au système", "is the system's alone to give"}, language);
}

Actor side_of(const Booking& booking, AccountId person) {
    return booking.driver_id == person ? Actor::driver : Actor::passenger;
}

}  // namespace

Task<http::Ok<CancelledBookingView>> cancel_booking(const Deps& deps, pg::Tx& tx,
                                                    http::Context& context, http::User user,
                                                    http::Path<BookingId> id,
                                                    http::Body<CancelBooking> body) {
    const UtcTime now = context.now;
    check_reason(*body, context.language);
    BookingRecord booking = co_await lock_booking_of(tx, *id, user.id);
    const Actor side = side_of(booking, user.id);
    const CancellationView cancellation = evaluate_cancellation(booking, side, now);
    const bool cancelled_before =
        booking.status == BookingStatus::cancelled && booking.cancelled_by == side;
    if (!cancelled_before) {
        next_or_throw(booking.status, BookingEvent::cancel, side);
        release_lapsed_holds(tx, booking, now);
        boost::json::object meta;
        if (body->comment && !body->comment->value.empty()) meta["comment"] = body->comment->value;
        const std::string reason =
            body->reason ? body->reason->value : std::string{name_of(side)} + "_cancelled";
        co_await cancel(deps, tx, booking, {.reason = reason, .meta = std::move(meta)},
                        {.actor = side, .person = user.id, .now = now});
        // A wallet is refunded at once.
        booking = or_throw(co_await find_booking(tx, *id), errors::not_found);
    }
    co_return http::Ok<CancelledBookingView>{
        {to_view(booking, {user.id, now}, deps), cancellation}};
}

Task<http::Ok<CancellationView>> preview_cancellation(const Deps&, pg::Tx& tx,
                                                      http::Context& context, http::User user,
                                                      http::Path<BookingId> id) {
    const auto booking = or_throw(co_await find_booking(tx, *id), errors::not_found);
    if (booking.passenger_id != user.id && booking.driver_id != user.id)
        throw Refusal{errors::not_found};
    co_return http::Ok<CancellationView>{
        evaluate_cancellation(booking, side_of(booking, user.id), context.now)};
}

}  // namespace taama::carpool
