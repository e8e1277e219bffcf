#pragma once

// A booking as it is stored.

#include "modules/carpool/booking_state.hpp"
#include "modules/carpool/leg.hpp"
#include "modules/payments/payment_words.hpp"

namespace taama::carpool {

// What is fixed when the booking is made, but for the times of its stops.
struct BookedSeats {
    BookingId id;
    std::string reference;
    TripId trip_id;
    AccountId passenger_id;
    AccountId driver_id;
    std::int32_t seats = 1;
    PointMode from_mode = PointMode::stop;
    PointMode to_mode = PointMode::stop;
    std::optional<StopId> from_stop_id;
    std::optional<StopId> to_stop_id;
    std::int32_t from_order = 0;
    std::int32_t to_order = 0;
    LatLon pickup_point;
    std::string pickup_text;
    LatLon dropoff_point;
    std::string dropoff_text;
    std::int32_t from_m = 0;
    std::int32_t to_m = 0;
    std::int32_t access_from_m = 0;
    std::int32_t access_to_m = 0;
    bool whole_trip = false;
    UtcTime pickup_at;
    UtcTime dropoff_at;
    UtcTime booked_pickup_at;
    std::int32_t distance_m = 0;
    std::int32_t duration_s = 0;
    std::int32_t detour_s = 0;
    std::int64_t price_per_seat = 0;
    std::int64_t subtotal = 0;
    std::int64_t discount = 0;
    std::int64_t amount_total = 0;
    Currency currency = Currency::XOF;
    payments::FeeScheduleId fee_schedule_id;

    Stretch stretch() const { return {from_m, to_m}; }
};
BOOST_DESCRIBE_STRUCT(BookedSeats, (),
                      (id, reference, trip_id, passenger_id, driver_id, seats, from_mode, to_mode,
                       from_stop_id, to_stop_id, from_order, to_order, pickup_point, pickup_text,
                       dropoff_point, dropoff_text, from_m, to_m, access_from_m, access_to_m,
                       whole_trip, pickup_at, dropoff_at, booked_pickup_at, distance_m, duration_s,
                       detour_s, price_per_seat, subtotal, discount, amount_total, currency,
                       fee_schedule_id))

struct Booking : BookedSeats {
    BookingStatus status = BookingStatus::pending;
    UtcTime request_expires_at;
    std::optional<UtcTime> hold_expires_at;
    bool seats_held = false;
    std::optional<payments::Method> payment_method;
    std::optional<payments::PaymentId> payment_id;
    std::int64_t cash_due = 0;
    std::optional<std::string> note;
    std::optional<UtcTime> accepted_at;
    std::optional<UtcTime> paid_at;
    std::optional<UtcTime> checked_in_at;
    std::optional<UtcTime> started_at;
    std::optional<UtcTime> ended_at;
    std::optional<UtcTime> cancelled_at;
    std::optional<Actor> cancelled_by;
    std::optional<std::string> cancel_reason;
    std::int64_t fee_amount = 0;
    std::int64_t refunded_amount = 0;
    std::optional<UtcTime> free_cancel_until;
    std::int32_t ticket_seq = 0;
    std::optional<std::vector<std::uint8_t>> code_sealed;
    std::int32_t code_failures = 0;
    std::optional<UtcTime> code_blocked_until;
    std::int32_t version = 1;
    UtcTime created_at;
    UtcTime updated_at;

    // Accepted, and its hold is not lapsed; paid.
    bool is_holding(UtcTime now) const {
        if (!seats_held) return false;
        return status == BookingStatus::paid || !hold_expires_at || now < *hold_expires_at;
    }
};
BOOST_DESCRIBE_STRUCT(Booking, (BookedSeats),
                      (status, request_expires_at, hold_expires_at, seats_held, payment_method,
                       payment_id, cash_due, note, accepted_at, paid_at, checked_in_at, started_at,
                       ended_at, cancelled_at, cancelled_by, cancel_reason, fee_amount,
                       refunded_amount, free_cancel_until, ticket_seq, code_sealed, code_failures,
                       code_blocked_until, version, created_at, updated_at))

Stage stage_of(const Booking& booking, UtcTime now);

}  // namespace taama::carpool
