#include "modules/carpool/booking_rules.hpp"

#include "modules/carpool/errors.hpp"
#include "platform/http/field_problem.hpp"

namespace taama::carpool {

namespace {

constexpr auto future_allowed = Seconds{30};
constexpr auto past_allowed = std::chrono::hours{24};
constexpr auto start_opens_before = std::chrono::minutes{60};
constexpr auto absence_opens_after = std::chrono::minutes{30};
constexpr auto absence_closes_after = std::chrono::hours{24};

}  // namespace

UtcTime request_expiry(UtcTime created_at, std::chrono::hours ttl, UtcTime pickup_at) {
    return std::min<UtcTime>(created_at + ttl, pickup_at);
}

UtcTime first_hold(UtcTime accepted_at, const HoldTerms& terms, UtcTime pickup_at) {
    return std::min<UtcTime>(accepted_at + terms.first, pickup_at);
}

std::expected<UtcTime, Refusal> renewed_hold(const Booking& booking, const HoldTerms& terms,
                                             UtcTime now) {
    const UtcTime last = booking.accepted_at.value() + terms.most;
    if (now >= last)
        return std::unexpected{
            wrong_state(booking.status, BookingEvent::reserve, "hold_exhausted")};
    const UtcTime wanted = std::min({UtcTime{now + payment_hold}, last, booking.pickup_at});
    return std::max(booking.hold_expires_at.value_or(wanted), wanted);
}

std::expected<void, Refusal> check_unpaid(const std::vector<UtcTime>& counted,
                                          const UnpaidTerms& terms) {
    if (counted.size() < terms.max) return {};
    return refuse(errors::limit_exceeded,
                  {{"limit", terms.max},
                   {"window_h", terms.window.count()},
                   {"retry_at", to_string(UtcTime{counted.front() + terms.window})}});
}

std::expected<UtcTime, Refusal> happened_at(const Telling& telling) {
    const auto& [told, after, now, language] = telling;
    if (!told) return now;
    if (*told < after || *told > now + future_allowed || *told < now - past_allowed)
        return std::unexpected{
            http::field_problem("occurred_at",
                                {"doit suivre l'étape précédente, 24 heures en arrière au plus",
                                 "must follow the step before, 24 hours back at most"},
                                language)};
    return std::min(*told, now);
}

std::expected<void, Refusal> check_boarding_window(const Booking& booking,
                                                   std::chrono::minutes opens_before,
                                                   UtcTime trip_ends, UtcTime at) {
    if (at < booking.pickup_at - opens_before)
        return std::unexpected{wrong_state(booking.status, BookingEvent::check_in, "too_early")};
    if (at >= trip_ends)
        return std::unexpected{wrong_state(booking.status, BookingEvent::check_in, "too_late")};
    return {};
}

std::expected<void, Refusal> check_start(const Booking& booking, UtcTime at) {
    if (!booking.checked_in_at)
        return std::unexpected{wrong_state(booking.status, BookingEvent::start, "not_checked_in")};
    if (at < booking.pickup_at - start_opens_before)
        return std::unexpected{wrong_state(booking.status, BookingEvent::start, "too_early")};
    return {};
}

std::expected<void, Refusal> check_no_show(const Booking& booking, std::chrono::minutes wait,
                                           UtcTime at) {
    if (booking.checked_in_at)
        return std::unexpected{
            wrong_state(booking.status, BookingEvent::no_show, "already_checked_in")};
    const UtcTime opens_at = booking.pickup_at + wait;
    if (at < opens_at)
        return refuse(errors::invalid_state, {{"state", name_of(booking.status)},
                                              {"event", name_of(BookingEvent::no_show)},
                                              {"reason", "too_early"},
                                              {"opens_at", to_string(opens_at)}});
    return {};
}

std::expected<void, Refusal> check_absence(const Booking& booking, TripStatus trip, UtcTime now) {
    const UtcTime opens_at = booking.pickup_at + absence_opens_after;
    if (now < opens_at)
        return refuse(errors::invalid_state, {{"state", name_of(booking.status)},
                                              {"event", name_of(BookingEvent::report_absence)},
                                              {"reason", "too_early"},
                                              {"opens_at", to_string(opens_at)}});
    if (trip != TripStatus::published || now >= booking.pickup_at + absence_closes_after)
        return std::unexpected{
            wrong_state(booking.status, BookingEvent::report_absence, "use_dispute")};
    return {};
}

bool is_implausible(const Booking& booking, UtcTime ended_at) {
    if (!booking.started_at) return false;
    const auto took = std::chrono::duration_cast<Seconds>(ended_at - *booking.started_at).count();
    return took * 10 < std::int64_t{booking.duration_s} * 3;
}

}  // namespace taama::carpool
