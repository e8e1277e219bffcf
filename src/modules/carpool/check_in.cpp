// POST /bookings/{id}/checkin and /trips/{id}/checkin: the driver verifies a ticket or a code.

#include "modules/carpool/booking_steps.hpp"
#include "modules/carpool/booking_view.hpp"
#include "modules/carpool/errors.hpp"
#include "modules/carpool/operations.hpp"
#include "modules/carpool/settings.hpp"
#include "modules/carpool/ticket_keys.hpp"
#include "platform/crypto/hash.hpp"

namespace taama::carpool {

namespace {

constexpr std::int32_t code_attempts = 5;
constexpr auto code_block = std::chrono::minutes{15};

Refusal bad_ticket(TicketProblem problem) {
    return Refusal{errors::ticket_invalid, {{"reason", name_of(problem)}}};
}

std::string digits_of(std::string_view typed) {
    std::string digits;
    for (const char c : typed)
        if (c >= '0' && c <= '9') digits += c;
    return digits;
}

UtcTime trip_end(const BookingRecord& booking, const Deps& deps) {
    return booking.trip.arrival_eta +
           std::chrono::hours{deps.settings.get(settings_keys::auto_end_h)};
}

void check_not_blocked(const Booking& booking, UtcTime now) {
    if (booking.code_blocked_until && now < *booking.code_blocked_until)
        throw Refusal{errors::rate_limited}.after(
            std::chrono::ceil<Seconds>(*booking.code_blocked_until - now));
}

// How many attempts are left after this one failed.
std::int32_t count_failure(pg::Tx& tx, const Booking& booking, UtcTime now) {
    const bool was_blocked = booking.code_blocked_until.has_value();
    const std::int32_t failures = (was_blocked ? 0 : booking.code_failures) + 1;
    const bool blocked = failures >= code_attempts;
    save_code_failure(tx, booking.id, failures,
                      blocked ? std::optional{UtcTime{now + code_block}} : std::nullopt);
    return code_attempts - failures;
}

// A wrong code counts even though the answer is a refusal.
Refusal wrong_code(std::int32_t attempts_left) {
    return Refusal{errors::code_invalid, {{"attempts_left", attempts_left}}}.keeping_effects();
}

void check_code(const Deps& deps, pg::Tx& tx, const Booking& booking, std::string_view typed,
                UtcTime now) {
    check_not_blocked(booking, now);
    if (!crypto::constant_time_equal(digits_of(typed), open_code(booking, deps.sealer)))
        throw wrong_code(count_failure(tx, booking, now));
}

// What is paid already is due no more.
void check_cash(const Booking& booking, const std::optional<Money>& received) {
    if (!received || received->minor == booking.cash_due) return;
    const Money due{booking.cash_due, booking.currency};
    throw Refusal{errors::cash_mismatch, {{"due", boost::json::parse(due.to_decimal())}}};
}

void check_proof(const Deps& deps, pg::Tx& tx, const BookingRecord& booking, const CheckIn& proof,
                 UtcTime at, UtcTime now) {
    if (!proof.ticket) return check_code(deps, tx, booking, proof.code->value, now);
    const auto ticket = decode_ticket(proof.ticket->value, deps.ticket_keys.all());
    if (!ticket) throw bad_ticket(ticket.error());
    const auto problem =
        check_ticket(*ticket, {.trip_id = booking.trip_id,
                               .booking_id = booking.id,
                               .seq = static_cast<std::uint16_t>(booking.ticket_seq),
                               .now = at});
    if (problem) throw bad_ticket(*problem);
}

Task<http::Ok<BookingView>> check_in_locked(const Deps& deps, pg::Tx& tx,
                                            const http::Context& context, BookingRecord booking,
                                            const CheckIn& proof) {
    const UtcTime now = context.now;
    const BookingStatus from = booking.status;
    if (from == BookingStatus::paid && booking.checked_in_at)
        throw Refusal{errors::invalid_state,
                      {{"state", name_of(from)},
                       {"event", name_of(BookingEvent::check_in)},
                       {"reason", "already_checked_in"},
                       {"checked_in_at", to_string(*booking.checked_in_at)}}};
    booking.status = next_or_throw(from, BookingEvent::check_in, Actor::driver);
    const UtcTime at =
        or_throw(happened_at({proof.occurred_at, booking.paid_at.value(), now, context.language}));
    const auto opens = std::chrono::minutes{deps.settings.get(settings_keys::checkin_open_min)};
    or_throw(check_boarding_window(booking, opens, trip_end(booking, deps), at));
    check_proof(deps, tx, booking, proof, at, now);
    check_cash(booking, proof.cash_received);

    booking.checked_in_at = at;
    booking.code_failures = 0;
    booking.code_blocked_until.reset();
    save_step(tx, booking, BookingEvent::check_in, from,
              {.actor = Actor::driver, .person = booking.driver_id, .now = now, .occurred_at = at});
    tell_booking(tx, "booking.checked_in", booking, now);
    co_return http::Ok<BookingView>{to_view(booking, {booking.driver_id, now}, deps)};
}

// A code that is nobody's counts against all who are still expected: guessing is no easier here.
Task<Refusal> unknown_code(pg::Tx& tx, TripId trip, UtcTime now) {
    lock_trip(tx, trip);
    std::int32_t attempts_left = code_attempts;
    for (const Booking& booking : co_await find_trip_bookings(tx, trip, {BookingStatus::paid})) {
        if (booking.checked_in_at) continue;
        check_not_blocked(booking, now);
        attempts_left = std::min(attempts_left, count_failure(tx, booking, now));
    }
    co_return wrong_code(attempts_left);
}

// A ticket names its booking; a code is looked for among the trip's paid ones.
Task<BookingId> find_by_proof(const Deps& deps, pg::Tx& tx, TripId trip, const CheckIn& proof,
                              UtcTime now) {
    if (proof.ticket) {
        const auto ticket = decode_ticket(proof.ticket->value, deps.ticket_keys.all());
        if (!ticket) throw bad_ticket(ticket.error());
        if (ticket->trip_id != trip) throw bad_ticket(TicketProblem::wrong_trip);
        co_return ticket->booking_id;
    }
    const std::string typed = digits_of(proof.code->value);
    const auto bookings = co_await find_trip_bookings(tx, trip, {BookingStatus::paid});
    for (const BookingRecord& booking : bookings)
        if (booking.code_sealed && open_code(booking, deps.sealer) == typed) co_return booking.id;
    throw co_await unknown_code(tx, trip, now);
}

}  // namespace

void CheckIn::check(json::Reader& reader) const {
    if (ticket.has_value() == code.has_value())
        reader.problem_at("ticket", {"donnez le billet ou le code", "give the ticket or the code"});
}

Task<http::Ok<BookingView>> check_in(const Deps& deps, pg::Tx& tx, http::Context& context,
                                     http::Driver driver, http::Path<BookingId> id,
                                     http::Body<CheckIn> body) {
    auto booking = co_await lock_booking_of_driver(tx, *id, driver.id);
    co_return co_await check_in_locked(deps, tx, context, std::move(booking), *body);
}

Task<http::Ok<BookingView>> check_in_on_trip(const Deps& deps, pg::Tx& tx, http::Context& context,
                                             http::Driver driver, http::Path<TripId> id,
                                             http::Body<CheckIn> body) {
    const auto trip = or_throw(co_await find_trip(tx, *id, driver.id), errors::not_found);
    if (trip.driver_id != driver.id) throw Refusal{errors::not_found};
    const BookingId found = co_await find_by_proof(deps, tx, *id, *body, context.now);
    auto booking = co_await lock_booking_of_driver(tx, found, driver.id);
    co_return co_await check_in_locked(deps, tx, context, std::move(booking), *body);
}

}  // namespace taama::carpool
