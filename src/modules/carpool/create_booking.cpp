// POST /bookings: a passenger asks for seats on a leg; a trip that accepts by itself answers at
// once.
//
// Two round trips: locks and facts, then rows and commit. The facts are a statement of their own
// behind the locks, so that they show what the locks protect.

#include "modules/carpool/booking_steps.hpp"
#include "modules/carpool/errors.hpp"
#include "modules/carpool/operations.hpp"
#include "modules/carpool/settings.hpp"
#include "modules/identity/identity.hpp"
#include "modules/messaging/messaging.hpp"
#include "platform/crypto/random.hpp"

namespace taama::carpool {

namespace keys = settings_keys;

namespace {

constexpr int booking_tier = 1;
constexpr std::size_t reference_length = 8;
constexpr int reference_candidates = 3;

Refusal conflict(std::string_view reason, boost::json::object details = {}) {
    details["reason"] = reason;
    return Refusal{errors::conflict, std::move(details)};
}

std::vector<std::string> reference_choices() {
    std::vector<std::string> choices;
    for (int i = 0; i < reference_candidates; ++i)
        choices.push_back("BKG-" + crypto::random_code(reference_length));
    return choices;
}

void check_account(const Booker& booker) {
    identity::AccountFacts facts;
    facts.id = booker.person.id;
    const bool known = boost::describe::enum_from_string(booker.status.c_str(), facts.status);
    ASSERT(known);
    facts.kyc_tier = booker.kyc_tier;
    identity::check_tier(facts, booking_tier);
}

void check_trip(const TripRecord& trip, AccountId passenger) {
    if (!may_see(trip, passenger) || trip.moderation == Moderation::hidden)
        throw Refusal{errors::not_found};
    if (!is_running(trip.status)) throw wrong_state(trip.status, BookingEvent::create);
    if (trip.driver_id == passenger) throw conflict("own_trip");
}

void check_phones(pg::Tx& tx, const TripRecord& trip, const Booker& booker, UtcTime now) {
    if (!booker.shares_phone) return;
    save_risk_flag(
        tx, {.kind = "same_phone", .user = booker.person.id, .trip_id = trip.id, .booking_id = {}},
        now);
    throw conflict("same_phone").keeping_effects();
}

WantedLeg to_wanted(const NewBooking& booking) {
    const auto place = [](const std::optional<NewPlace>& wanted) {
        return wanted ? std::optional{Place{{wanted->lat, wanted->lon},
                                            wanted->text ? wanted->text->value : std::string{}}}
                      : std::nullopt;
    };
    return {.from = {booking.from_stop, place(booking.pickup)},
            .to = {booking.to_stop, place(booking.dropoff)}};
}

// Departed comes before no_match: what has left serves nobody.
Leg leg_ahead(const Deps& deps, const http::Context& context, const TripRecord& trip,
              const NewBooking& wanted) {
    const auto departed = wrong_state(trip.status, BookingEvent::create, "departed");
    if (context.now >= trip.arrival_eta) throw departed;
    Leg leg = find_leg_or_throw(deps, context, trip, to_wanted(wanted));
    if (context.now >= leg.from.at) throw departed;
    return leg;
}

void check_passenger(const Deps& deps, const Booker& booker, const Leg& leg) {
    if (booker.live_booking_id)
        throw Refusal{errors::already_exists,
                      {{"booking_id", booker.live_booking_id->to_string()}}};
    if (booker.rejected_before) throw conflict("rejected_before");
    for (const BusyTime& busy : booker.busy) {
        if (busy.until <= leg.from.at || busy.from >= leg.to.at) continue;
        boost::json::object details;
        if (busy.booking_id) details["booking_id"] = busy.booking_id->to_string();
        if (busy.trip_id) details["trip_id"] = busy.trip_id->to_string();
        throw conflict("passenger_busy", std::move(details));
    }
    or_throw(check_unpaid(booker.unpaid_at,
                          {static_cast<std::size_t>(deps.settings.get(keys::unpaid_max)),
                           std::chrono::hours{deps.settings.get(keys::unpaid_window_h)}}));
}

void check_offer(const Deps& deps, const NewBooking& wanted, const TripRecord& trip, const Leg& leg,
                 UtcTime now) {
    const auto seats = static_cast<std::int32_t>(wanted.seats.value);
    const std::int32_t free = seats_free_on(trip.segments, trip.holds, leg.stretch(), now);
    if (seats > free) throw seats_gone(deps, free, seats);
    const auto& expected = wanted.expected_price_per_seat;
    if (expected && leg.price_per_seat > expected->minor)
        throw Refusal{
            errors::price_changed,
            {{"price_per_seat",
              boost::json::parse(Money{leg.price_per_seat, trip.currency}.to_decimal())}}};
    if (wanted.promo_code) throw Refusal{errors::promo_invalid, {{"reason", "unknown"}}};
}

BookingRecord to_record(const Deps& deps, const NewBooking& wanted, const TripToBook& trip,
                        const Leg& leg, UtcTime now) {
    const Booker& booker = trip.booker;
    BookingRecord booking;
    booking.id = BookingId::make();
    booking.reference = booker.reference;
    booking.trip_id = trip.id;
    booking.passenger_id = booker.person.id;
    booking.driver_id = trip.driver_id;
    booking.seats = static_cast<std::int32_t>(wanted.seats.value);
    booking.from_mode = leg.from.mode;
    booking.to_mode = leg.to.mode;
    booking.from_stop_id = leg.from.stop_id;
    booking.to_stop_id = leg.to.stop_id;
    booking.from_order = leg.from.order;
    booking.to_order = leg.to.order;
    booking.pickup_point = leg.from.point;
    booking.pickup_text = leg.from.text;
    booking.dropoff_point = leg.to.point;
    booking.dropoff_text = leg.to.text;
    booking.from_m = leg.from.offset_m;
    booking.to_m = leg.to.offset_m;
    booking.access_from_m = leg.from.access_m;
    booking.access_to_m = leg.to.access_m;
    booking.whole_trip = leg.whole_trip;
    booking.pickup_at = booking.booked_pickup_at = leg.from.at;
    booking.dropoff_at = leg.to.at;
    booking.distance_m = leg.distance_m();
    booking.duration_s = leg.duration_s();
    booking.price_per_seat = leg.price_per_seat;
    booking.subtotal = booking.amount_total = leg.price_per_seat * booking.seats;
    booking.currency = trip.currency;
    booking.fee_schedule_id = booker.fee_schedule_id;
    if (wanted.note && !wanted.note->value.empty()) booking.note = wanted.note->value;
    booking.request_expires_at = request_expiry(
        now, std::chrono::hours{deps.settings.get(keys::request_ttl_h)}, booking.pickup_at);
    booking.created_at = booking.updated_at = now;

    booking.trip = {.departure_time = trip.departure_time,
                    .arrival_eta = trip.arrival_eta,
                    .status = trip.status,
                    .origin_point = trip.origin_point,
                    .origin_text = trip.origin_text,
                    .destination_point = trip.destination_point,
                    .destination_text = trip.destination_text,
                    .allow_auto_accept = trip.allow_auto_accept,
                    .cash_allowed = trip.cash_allowed};
    booking.segments = trip.segments;
    booking.holds = trip.holds;
    booking.passenger = booker.person;
    booking.driver = trip.driver;
    booking.vehicle = trip.vehicle;
    return booking;
}

bool accepts_by_itself(const Deps& deps, const TripRecord& trip, const Booking& booking) {
    return trip.allow_auto_accept && deps.settings.get(keys::allow_auto_accept) &&
           booking.from_mode == PointMode::stop && booking.to_mode == PointMode::stop;
}

bool has_other_requests(const Booker& booker, const Leg& leg) {
    return std::any_of(booker.requests.begin(), booker.requests.end(), [&](const BusyTime& time) {
        return time.from < leg.to.at && leg.from.at < time.until;
    });
}

// What the view shows as free after this booking took its seats.
void take_in_memory(BookingRecord& booking) {
    for (Segment& segment : booking.segments)
        if (segment.from_m >= booking.from_m && segment.to_m <= booking.to_m)
            segment.seats_free -= booking.seats;
}

}  // namespace

void NewPlace::check(json::Reader& reader) const {
    if (lat < -90 || lat > 90)
        reader.problem_at("lat", {"doit être entre -90 et 90", "must be between -90 and 90"});
    if (lon < -180 || lon > 180)
        reader.problem_at("lon", {"doit être entre -180 et 180", "must be between -180 and 180"});
}

void NewBooking::check(json::Reader& reader) const {
    const json::Said one{"donnez un arrêt ou une position, pas les deux",
                         "give a stop or a position, not both"};
    if (from_stop && pickup) reader.problem_at("from_stop", one);
    if (to_stop && dropoff) reader.problem_at("to_stop", one);
}

Task<http::Created<BookingView>> create_booking(const Deps& deps, pg::Tx& tx,
                                                http::Context& context, http::User user,
                                                http::Body<NewBooking> body) {
    const NewBooking& wanted = *body;
    const UtcTime now = context.now;
    lock_person(tx, user.id);
    lock_trip(tx, wanted.trip_id);
    const auto window = std::chrono::hours{deps.settings.get(keys::unpaid_window_h)};
    const auto found =
        co_await find_trip_to_book(tx, wanted.trip_id, {user.id, reference_choices(), window, now});
    if (!found) {
        co_await identity::require_tier(tx, user.id, booking_tier);
        throw Refusal{errors::not_found};
    }
    const TripToBook& trip = *found;
    const Booker& booker = trip.booker;
    check_account(booker);
    check_trip(trip, user.id);
    check_phones(tx, trip, booker, now);
    const Leg leg = leg_ahead(deps, context, trip, wanted);
    check_passenger(deps, booker, leg);
    check_offer(deps, wanted, trip, leg, now);

    BookingRecord booking = to_record(deps, wanted, trip, leg, now);
    release_lapsed_holds(tx, booking, now);
    const bool accepted = accepts_by_itself(deps, trip, booking);
    if (accepted) {
        booking.status = next_or_throw(BookingStatus::pending, BookingEvent::accept, Actor::system);
        booking.accepted_at = now;
        booking.hold_expires_at = first_hold(now, hold_terms(deps), booking.pickup_at);
        booking.seats_held = true;
    }
    save_new_booking(tx, booking);
    save_booking_history(tx,
                         {.booking_id = booking.id,
                          .event = name_of(BookingEvent::create),
                          .from = {},
                          .to = BookingStatus::pending,
                          .by = user.id,
                          .occurred_at = now},
                         now);
    const messaging::Subject subject{booking_subject, booking.id.uuid};
    messaging::open(tx, {subject, user.id, trip.driver_id}, now);
    tell_booking(tx, "booking.created", booking, now);
    if (accepted) {
        save_seats(tx, {trip.id, booking.stretch(), -booking.seats});
        take_in_memory(booking);
        save_booking_history(tx,
                             {.booking_id = booking.id,
                              .event = name_of(BookingEvent::accept),
                              .from = BookingStatus::pending,
                              .to = BookingStatus::accepted,
                              .by = {},
                              .occurred_at = now},
                             now);
        messaging::post_note(tx, subject, messaging::SystemNote::accepted, now);
        tell_booking(tx, "booking.accepted", booking, now);
        if (has_other_requests(booker, leg)) {
            tx.go_alone();  // their trips are others', and may be locked
            co_await supersede_others(deps, tx, booking, now);
        }
        if (booking.amount_total == 0)
            co_await pay(deps, tx, booking, {}, {.actor = Actor::system, .now = now});
    }
    co_return http::Created<BookingView>{to_view(booking, {user.id, now}, deps),
                                         "/bookings/" + booking.id.to_string()};
}

}  // namespace taama::carpool
