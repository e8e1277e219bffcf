#pragma once

// A booking as its passenger and its driver see it.

#include "modules/carpool/booking_store.hpp"
#include "modules/carpool/cancellation.hpp"
#include "modules/carpool/deps.hpp"

namespace taama::carpool {

struct BookedTripView {
    UtcTime departure_time;
    PointView origin;
    PointView destination;
    TripStatus status = TripStatus::published;
};
BOOST_DESCRIBE_STRUCT(BookedTripView, (), (departure_time, origin, destination, status))

// What the viewer may do now.
struct BookingCan {
    bool pay = false;
    bool cancel = false;
    bool checkin = false;
    bool start = false;
    bool end = false;
    bool rate = false;
    bool dispute = false;
};
BOOST_DESCRIBE_STRUCT(BookingCan, (), (pay, cancel, checkin, start, end, rate, dispute))

struct BookingView {
    BookingId id;
    std::string reference;
    TripId trip_id;
    BookedTripView trip;
    PersonCard passenger;
    PersonCard driver;
    std::optional<vehicles::VehicleCard> vehicle;
    std::int32_t seats = 1;
    LegView leg;
    UtcTime pickup_at;
    UtcTime dropoff_at;
    Money price_per_seat;
    Money subtotal;
    Money discount;
    Money amount_total;
    Currency currency = Currency::XOF;
    BookingStatus status = BookingStatus::pending;
    Stage stage = Stage::requested;
    UtcTime request_expires_at;
    std::optional<UtcTime> hold_expires_at;
    std::optional<payments::Method> payment_method;
    std::optional<payments::PaymentId> payment_id;
    Money cash_due;
    std::optional<UtcTime> accepted_at;
    std::optional<UtcTime> paid_at;
    std::optional<std::string> qr_code;
    std::optional<std::string> code;
    std::optional<UtcTime> checked_in_at;
    std::optional<UtcTime> started_at;
    std::optional<UtcTime> ended_at;
    std::optional<UtcTime> cancelled_at;
    std::optional<Actor> cancelled_by;
    std::optional<std::string> cancel_reason;
    Money fee_amount;
    Money refunded_amount;
    std::int64_t unread_count = 0;
    BookingCan can;
    UtcTime created_at;
    UtcTime updated_at;
};
BOOST_DESCRIBE_STRUCT(BookingView, (),
                      (id, reference, trip_id, trip, passenger, driver, vehicle, seats, leg,
                       pickup_at, dropoff_at, price_per_seat, subtotal, discount, amount_total,
                       currency, status, stage, request_expires_at, hold_expires_at, payment_method,
                       payment_id, cash_due, accepted_at, paid_at, qr_code, code, checked_in_at,
                       started_at, ended_at, cancelled_at, cancelled_by, cancel_reason, fee_amount,
                       refunded_amount, unread_count, can, created_at, updated_at))

struct CancelledBookingView : BookingView {
    CancellationView cancellation;
};
BOOST_DESCRIBE_STRUCT(CancelledBookingView, (BookingView), (cancellation))

struct BookingViewer {
    AccountId id;  // one who is neither party sees what the driver sees, without secrets
    UtcTime now;
};
BookingView to_view(const BookingRecord& booking, const BookingViewer& viewer, const Deps& deps);

// A ticket exists while the booking is paid, or its cash is due on board.
bool has_ticket(const Booking& booking);

struct TicketWindow {
    UtcTime not_before;
    UtcTime not_after;
};
TicketWindow ticket_window(const Booking& booking, UtcTime arrival_eta);
std::string ticket_text(const Booking& booking, UtcTime arrival_eta, const TicketKeys& keys);
std::string open_code(const Booking& booking, const crypto::Sealer& sealer);

}  // namespace taama::carpool
