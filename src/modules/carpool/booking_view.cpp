#include "modules/carpool/booking_view.hpp"

#include "modules/carpool/booking_steps.hpp"
#include "modules/carpool/settings.hpp"
#include "modules/carpool/ticket_keys.hpp"
#include "platform/crypto/seal.hpp"

namespace taama::carpool {

namespace {

constexpr auto ticket_opens_before = std::chrono::hours{2};
constexpr auto ticket_lasts_after = std::chrono::hours{12};
constexpr auto cash_unmasks_before = std::chrono::hours{2};

bool is_unmasked(const Booking& booking, UtcTime now) {
    if (booking.status == BookingStatus::paid || booking.status == BookingStatus::completed)
        return true;
    return has_ticket(booking) && now >= booking.pickup_at - cash_unmasks_before;
}

LegView leg_of(const BookingRecord& booking, UtcTime now) {
    return {
        .from = {booking.from_stop_id, booking.from_mode, booking.from_order,
                 booking.pickup_point.lat, booking.pickup_point.lon, booking.pickup_text,
                 booking.pickup_at},
        .to = {booking.to_stop_id, booking.to_mode, booking.to_order, booking.dropoff_point.lat,
               booking.dropoff_point.lon, booking.dropoff_text, booking.dropoff_at},
        .price_per_seat = {booking.price_per_seat, booking.currency},
        .currency = booking.currency,
        .distance_m = booking.distance_m,
        .duration_s = booking.duration_s,
        .seats_free = seats_free_on(booking.segments, booking.holds, booking.stretch(), now),
        .access_from_m = booking.access_from_m,
        .access_to_m = booking.access_to_m,
        .detour_s = booking.detour_s,
        .whole_trip = booking.whole_trip,
    };
}

BookingCan can_of(const Booking& booking, const BookingViewer& viewer, const Deps& deps) {
    const bool is_passenger = viewer.id == booking.passenger_id;
    const bool is_driver = viewer.id == booking.driver_id;
    const auto hold_max = std::chrono::minutes{deps.settings.get(settings_keys::hold_max_min)};
    const auto opens = std::chrono::minutes{deps.settings.get(settings_keys::checkin_open_min)};
    return {
        .pay = is_passenger && booking.status == BookingStatus::accepted && booking.cash_due == 0 &&
               viewer.now < std::min<UtcTime>(*booking.accepted_at + hold_max, booking.pickup_at),
        .cancel = (is_passenger || is_driver) && is_live(booking.status) && !booking.started_at,
        .checkin = is_driver && has_ticket(booking) && !booking.checked_in_at &&
                   viewer.now >= booking.pickup_at - opens,
        .start = is_driver && booking.status == BookingStatus::paid && !booking.started_at &&
                 check_start(booking, viewer.now).has_value(),
        .end = is_driver && booking.status == BookingStatus::paid && booking.started_at,
        .rate = false,
        .dispute = false,
    };
}

}  // namespace

bool has_ticket(const Booking& booking) {
    return booking.status == BookingStatus::paid ||
           (booking.status == BookingStatus::accepted && booking.cash_due > 0);
}

TicketWindow ticket_window(const Booking& booking, UtcTime arrival_eta) {
    return {booking.pickup_at - ticket_opens_before, arrival_eta + ticket_lasts_after};
}

std::string ticket_text(const Booking& booking, UtcTime arrival_eta, const TicketKeys& keys) {
    const TicketWindow window = ticket_window(booking, arrival_eta);
    const bool cash = booking.status == BookingStatus::accepted;
    return encode_ticket({.kid = keys.active_kid(),
                          .booking_id = booking.id,
                          .trip_id = booking.trip_id,
                          .seats = static_cast<std::uint8_t>(booking.seats),
                          .not_before = window.not_before,
                          .not_after = window.not_after,
                          .seq = static_cast<std::uint16_t>(booking.ticket_seq),
                          .cash_due = cash ? static_cast<std::uint32_t>(booking.cash_due) : 0},
                         keys.active_key());
}

std::string open_code(const Booking& booking, const crypto::Sealer& sealer) {
    const auto code = sealer.open(code_seal_purpose, booking.code_sealed.value());
    return code.value();
}

BookingView to_view(const BookingRecord& booking, const BookingViewer& viewer, const Deps& deps) {
    const bool is_passenger = viewer.id == booking.passenger_id;
    const bool is_driver = viewer.id == booking.driver_id;
    const bool unmasked = is_unmasked(booking, viewer.now);
    const auto phone = unmasked ? PhoneShown::yes : PhoneShown::no;
    const auto plate =
        is_driver || has_ticket(booking) || unmasked ? PlateShown::yes : PlateShown::no;
    const TripPart& trip = booking.trip;
    const auto money = [&booking](std::int64_t minor) { return Money{minor, booking.currency}; };
    BookingView view{
        .id = booking.id,
        .reference = booking.reference,
        .trip_id = booking.trip_id,
        .trip = {trip.departure_time,
                 {trip.origin_point.lat, trip.origin_point.lon, trip.origin_text},
                 {trip.destination_point.lat, trip.destination_point.lon, trip.destination_text},
                 trip.status},
        .passenger = to_card(booking.passenger, deps.file_urls, phone),
        .driver = to_card(booking.driver, deps.file_urls, phone),
        .vehicle = booking.vehicle ? std::optional{to_card(*booking.vehicle, deps.file_urls, plate)}
                                   : std::nullopt,
        .seats = booking.seats,
        .leg = leg_of(booking, viewer.now),
        .pickup_at = booking.pickup_at,
        .dropoff_at = booking.dropoff_at,
        .price_per_seat = money(booking.price_per_seat),
        .subtotal = money(booking.subtotal),
        .discount = money(booking.discount),
        .amount_total = money(booking.amount_total),
        .currency = booking.currency,
        .status = booking.status,
        .stage = stage_of(booking, viewer.now),
        .request_expires_at = booking.request_expires_at,
        .hold_expires_at = booking.hold_expires_at,
        .payment_method = booking.payment_method,
        .payment_id = booking.payment_id,
        .cash_due = money(booking.cash_due),
        .accepted_at = booking.accepted_at,
        .paid_at = booking.paid_at,
        .qr_code = std::nullopt,
        .code = std::nullopt,
        .checked_in_at = booking.checked_in_at,
        .started_at = booking.started_at,
        .ended_at = booking.ended_at,
        .cancelled_at = booking.cancelled_at,
        .cancelled_by = booking.cancelled_by,
        .cancel_reason = booking.cancel_reason,
        .fee_amount = money(booking.fee_amount),
        .refunded_amount = money(booking.refunded_amount),
        .unread_count =
            is_passenger ? booking.unread_passenger : (is_driver ? booking.unread_driver : 0),
        .can = can_of(booking, viewer, deps),
        .created_at = booking.created_at,
        .updated_at = booking.updated_at,
    };
    if (is_passenger && has_ticket(booking)) {
        view.qr_code = ticket_text(booking, trip.arrival_eta, deps.ticket_keys);
        view.code = open_code(booking, deps.sealer);
    }
    return view;
}

}  // namespace taama::carpool
