#include "modules/carpool/booking_steps.hpp"

#include "modules/carpool/errors.hpp"
#include "modules/carpool/settings.hpp"
#include "modules/drivers/drivers.hpp"
#include "modules/messaging/messaging.hpp"
#include "modules/payments/payments.hpp"
#include "platform/crypto/random.hpp"
#include "platform/crypto/seal.hpp"
#include "platform/events/events.hpp"

namespace taama::carpool {

namespace {

constexpr std::size_t code_digits = 6;
constexpr double plausible_end_m = 10'000;

messaging::Subject subject_of(const Booking& booking) { return {booking_subject, booking.id.uuid}; }
payments::Subject deal_of(const Booking& booking) {
    return {ledger::OwnerType::booking, booking.id.uuid};
}

void close_conversation(const Deps& deps, pg::Tx& tx, const Booking& booking, UtcTime now) {
    messaging::close_at(
        tx, subject_of(booking),
        now + std::chrono::hours{deps.settings.get(settings_keys::conversation_close_h)});
}

void take_seats(pg::Tx& tx, Booking& booking) {
    save_seats(tx, {booking.trip_id, booking.stretch(), -booking.seats});
    booking.seats_held = true;
}

void free_seats(pg::Tx& tx, Booking& booking) {
    if (!booking.seats_held) return;
    save_seats(tx, {booking.trip_id, booking.stretch(), booking.seats});
    booking.seats_held = false;
}

// As far as the driver's phone has told where he was.
Task<bool> ended_elsewhere(pg::Tx& tx, const Booking& booking) {
    const auto distance = co_await drivers::find_distance(
        tx, booking.driver_id, booking.dropoff_point, {*booking.started_at, *booking.ended_at});
    co_return distance && *distance > plausible_end_m;
}

std::int32_t seats_free(const BookingRecord& booking, UtcTime now) {
    return seats_free_on(booking.segments, booking.holds, booking.stretch(), now);
}

}  // namespace

Refusal not_enough_seats(std::int32_t available, std::int32_t requested) {
    return Refusal{errors::booking_conflict, {{"available", available}, {"requested", requested}}};
}

Refusal seats_gone(const Deps& deps, std::int32_t available, std::int32_t requested) {
    deps.db.tell("booking.seats_gone", {});
    return not_enough_seats(available, requested);
}

void tell_booking(pg::Tx& tx, std::string_view event, const Booking& booking, UtcTime now,
                  boost::json::object more) {
    more["booking_id"] = booking.id.to_string();
    more["reference"] = booking.reference;
    more["trip_id"] = booking.trip_id.to_string();
    more["passenger_id"] = booking.passenger_id.to_string();
    more["driver_id"] = booking.driver_id.to_string();
    more["status"] = name_of(booking.status);
    more["version"] = booking.version;
    events::emit(tx, event, std::move(more), now);
}

void save_step(pg::Tx& tx, Booking& booking, BookingEvent event, BookingStatus from,
               const Doer& doer) {
    booking.updated_at = doer.now;
    ++booking.version;
    save_booking(tx, booking);
    save_booking_history(tx,
                         {.booking_id = booking.id,
                          .event = name_of(event),
                          .from = from,
                          .to = booking.status,
                          .by = doer.person,
                          .occurred_at = doer.occurred_at.value_or(doer.now)},
                         doer.now);
}

void release_lapsed_holds(pg::Tx& tx, TripId trip, std::vector<Hold>& holds, UtcTime now) {
    for (const Hold& hold : holds) {
        if (hold.expires_at > now) continue;
        save_lapsed(tx, hold.booking_id, now);
        save_seats(tx, {trip, {hold.from_m, hold.to_m}, hold.seats});
        save_booking_history(tx,
                             {.booking_id = hold.booking_id,
                              .event = name_of(BookingEvent::lapse),
                              .from = BookingStatus::accepted,
                              .to = BookingStatus::accepted,
                              .occurred_at = now},
                             now);
        events::emit(tx, "booking.hold_lapsed",
                     {{"booking_id", hold.booking_id.to_string()}, {"trip_id", trip.to_string()}},
                     now);
    }
}

void release_lapsed_holds(pg::Tx& tx, BookingRecord& booking, UtcTime now) {
    auto& holds = booking.holds;
    release_lapsed_holds(tx, booking.trip_id, holds, now);
    for (const Hold& hold : holds) {
        if (hold.expires_at > now) continue;
        if (hold.booking_id == booking.id) booking.seats_held = false;
        for (Segment& segment : booking.segments)
            if (segment.from_m >= hold.from_m && segment.to_m <= hold.to_m)
                segment.seats_free += hold.seats;
    }
    std::erase_if(holds, [now](const Hold& hold) { return hold.expires_at <= now; });
}

HoldTerms hold_terms(const Deps& deps) {
    return {std::chrono::minutes{deps.settings.get(settings_keys::hold_min)},
            std::chrono::minutes{deps.settings.get(settings_keys::hold_max_min)}};
}

Task<void> accept(const Deps& deps, pg::Tx& tx, BookingRecord& booking, const Doer& doer) {
    const UtcTime now = doer.now;
    const BookingStatus from = booking.status;
    const BookingStatus to = next_or_throw(from, BookingEvent::accept, doer.actor);
    release_lapsed_holds(tx, booking, now);
    const std::int32_t available = seats_free(booking, now);
    if (booking.seats > available) throw seats_gone(deps, available, booking.seats);

    booking.status = to;
    booking.accepted_at = now;
    booking.hold_expires_at = first_hold(now, hold_terms(deps), booking.pickup_at);
    take_seats(tx, booking);
    save_step(tx, booking, BookingEvent::accept, from, doer);
    messaging::post_note(tx, subject_of(booking), messaging::SystemNote::accepted, now);
    tell_booking(tx, "booking.accepted", booking, now);
    co_await supersede_others(deps, tx, booking, now);
    if (booking.amount_total == 0)
        co_await pay(deps, tx, booking, {}, {.actor = Actor::system, .now = now});
}

Task<void> supersede_others(const Deps& deps, pg::Tx& tx, const Booking& booking, UtcTime now) {
    const auto ids = co_await find_overlapping_requests(
        tx, {booking.passenger_id, booking.id, booking.pickup_at, booking.dropoff_at});
    if (ids.empty()) co_return;
    for (BookingRecord& other : co_await find_bookings(tx, ids)) {
        if (other.status != BookingStatus::pending) continue;
        co_await cancel(deps, tx, other, {.reason = "superseded"},
                        {.actor = Actor::system, .now = now});
    }
}

Task<void> issue_ticket(const Deps& deps, pg::Tx& tx, Booking& booking) {
    ++booking.ticket_seq;
    if (booking.code_sealed) co_return;
    std::vector<std::string> taken;
    for (const auto& sealed : co_await find_live_codes(tx, booking.trip_id))
        taken.push_back(deps.sealer.open(code_seal_purpose, sealed).value_or(std::string{}));
    std::string code;
    do {
        code = crypto::random_digits(code_digits);
    } while (std::find(taken.begin(), taken.end(), code) != taken.end());
    booking.code_sealed = deps.sealer.seal(code_seal_purpose, code);
}

Task<bool> pay(const Deps& deps, pg::Tx& tx, BookingRecord& booking, const PaidBy& paid_by,
               const Doer& doer) {
    const UtcTime now = doer.now;
    const BookingStatus from = booking.status;
    const BookingStatus to = next_or_throw(from, BookingEvent::pay, doer.actor);
    release_lapsed_holds(tx, booking, now);
    if (!booking.seats_held) {
        if (booking.seats > seats_free(booking, now)) co_return false;
        take_seats(tx, booking);
    }
    booking.status = to;
    booking.paid_at = now;
    booking.hold_expires_at.reset();
    booking.payment_method = paid_by.method;
    booking.payment_id = paid_by.payment_id;
    co_await issue_ticket(deps, tx, booking);
    save_step(tx, booking, BookingEvent::pay, from, doer);
    messaging::unmask(tx, subject_of(booking), now);
    messaging::post_note(tx, subject_of(booking), messaging::SystemNote::paid, now);
    tell_booking(tx, "booking.paid", booking, now,
                 {{"amount", booking.amount_total},
                  {"currency", to_string(booking.currency)},
                  {"method", paid_by.method ? name_of(*paid_by.method) : std::string_view{}}});
    co_return true;
}

Task<void> cancel(const Deps& deps, pg::Tx& tx, Booking& booking, const Cancelling& cancelling,
                  const Doer& doer) {
    const UtcTime now = doer.now;
    const BookingStatus from = booking.status;
    const BookingStatus to = next_or_throw(from, cancelling.event, doer.actor);
    if (booking.started_at) throw wrong_state(from, cancelling.event, "started");

    free_seats(tx, booking);
    booking.status = to;
    booking.cancelled_at = now;
    booking.cancelled_by = doer.actor == Actor::payments ? Actor::system : doer.actor;
    booking.cancel_reason = cancelling.reason;
    booking.updated_at = now;
    ++booking.version;
    save_booking(tx, booking);
    boost::json::object meta = cancelling.meta;
    meta["reason"] = cancelling.reason;
    save_booking_history(tx,
                         {.booking_id = booking.id,
                          .event = name_of(cancelling.event),
                          .from = from,
                          .to = to,
                          .by = doer.person,
                          .meta = std::move(meta),
                          .occurred_at = doer.occurred_at.value_or(now)},
                         now);
    messaging::post_note(tx, subject_of(booking), messaging::SystemNote::cancelled, now);
    close_conversation(deps, tx, booking, now);

    Money refund{0, booking.currency};
    if (from == BookingStatus::paid && booking.amount_total > 0)
        refund = co_await payments::refund_whole(tx, deal_of(booking), cancelling.reason, now);
    tell_booking(tx, "booking.cancelled", booking, now,
                 {{"by", name_of(*booking.cancelled_by)},
                  {"step", name_of(from)},
                  {"reason", cancelling.reason},
                  {"fee", 0},
                  {"refund", refund.minor},
                  {"currency", to_string(booking.currency)}});
    if (cancelling.event == BookingEvent::no_show)
        tell_booking(tx, "booking.no_show", booking, now, {{"fee", 0}});
}

Task<void> complete(const Deps& deps, pg::Tx& tx, Booking& booking, const Doer& doer) {
    const UtcTime now = doer.now;
    const BookingStatus from = booking.status;
    if (!booking.started_at) throw wrong_state(from, BookingEvent::end, "not_started");
    booking.status = next_or_throw(from, BookingEvent::end, doer.actor);
    booking.ended_at = doer.occurred_at.value_or(now);
    // The seats are free again, but the trip's road behind the passenger is nobody's any more.
    booking.seats_held = false;
    save_seats(tx, {booking.trip_id, booking.stretch(), booking.seats});
    save_step(tx, booking, BookingEvent::end, from, doer);
    save_trip_done(tx, {booking.passenger_id, PartyRole::passenger});
    const bool too_short = is_implausible(booking, *booking.ended_at);
    if (too_short || co_await ended_elsewhere(tx, booking)) {
        save_risk_flag(tx,
                       {.kind = "implausible_ride",
                        .user = booking.driver_id,
                        .trip_id = booking.trip_id,
                        .booking_id = booking.id,
                        .details = {{"why", too_short ? "too_short" : "ended_elsewhere"}}},
                       now);
        tell_booking(tx, "risk.flagged", booking, now, {{"kind", "implausible_ride"}});
    }
    messaging::post_note(tx, subject_of(booking), messaging::SystemNote::completed, now);
    close_conversation(deps, tx, booking, now);
    if (booking.amount_total > 0) co_await payments::settle(tx, deal_of(booking), now);
    tell_booking(
        tx, "booking.completed", booking, now,
        {{"amount_total", booking.amount_total}, {"currency", to_string(booking.currency)}});
}

}  // namespace taama::carpool
