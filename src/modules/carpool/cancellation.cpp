#include "modules/carpool/cancellation.hpp"

namespace taama::carpool {

namespace {

CancellationView free_of_charge(Actor by, UtcTime now, UtcTime reference, Money paid) {
    const Money nothing{0, paid.currency};
    return {
        .by = by,
        .evaluated_at = now,
        .reference_at = reference,
        .allowed = true,
        .rule = std::nullopt,
        .base = paid,
        .fee = nothing,
        .fee_source = FeeSource::none,
        .wallet_debit = nothing,
        .debt = nothing,
        .refund_amount = paid,
        .net = paid,
        .driver_penalty = {nothing, 0},
        .schedule = {},
        .currency = paid.currency,
    };
}

}  // namespace

CancellationView evaluate_cancellation(const Booking& booking, Actor by, UtcTime now) {
    const std::int64_t captured =
        booking.status == BookingStatus::paid ? booking.amount_total - booking.refunded_amount : 0;
    auto view = free_of_charge(by, now, std::max(booking.booked_pickup_at, booking.pickup_at),
                               {captured, booking.currency});
    view.allowed = is_live(booking.status) && !booking.started_at;
    return view;
}

CancellationView evaluate_cancellation(const TripToCancel& trip, UtcTime now) {
    auto view = free_of_charge(Actor::driver, now, trip.departure_time, trip.paid);
    view.allowed = trip.allowed;
    return view;
}

}  // namespace taama::carpool
