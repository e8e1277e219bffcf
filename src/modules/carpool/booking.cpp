#include "modules/carpool/booking.hpp"

namespace taama::carpool {

Stage stage_of(const Booking& booking, UtcTime now) {
    switch (booking.status) {
        case BookingStatus::pending: return Stage::requested;
        case BookingStatus::accepted:
            return booking.is_holding(now) ? Stage::awaiting_payment : Stage::hold_lapsed;
        case BookingStatus::paid:
            if (booking.started_at) return Stage::on_board;
            return booking.checked_in_at ? Stage::checked_in : Stage::confirmed;
        case BookingStatus::completed: return Stage::completed;
        case BookingStatus::cancelled:
            return booking.cancel_reason == "no_show" ? Stage::no_show : Stage::cancelled;
    }
    return Stage::cancelled;
}

}  // namespace taama::carpool
