#include "modules/carpool/booking_payable.hpp"

#include "modules/carpool/booking_steps.hpp"
#include "modules/carpool/errors.hpp"
#include "modules/payments/errors.hpp"

namespace taama::carpool {

namespace {

Task<BookingRecord> record_of(pg::Tx& tx, Uuid subject) {
    co_return or_throw(co_await find_booking(tx, BookingId{subject}), errors::not_found);
}

bool may_ask(const payments::Asker& asker, const Booking& booking) {
    return asker.kind != payments::Asker::Kind::user || asker.id == booking.passenger_id.uuid ||
           asker.id == booking.driver_id.uuid;
}

std::vector<payments::Method> methods_of_bookings() {
    using enum payments::Method;
    return {wave, orange, mtn, yas, flooz, card, pispi, cinetpay, wallet};
}

// Whether the hold can still be renewed is for on_init to say, with its reason.
bool can_be_paid(const Booking& booking, UtcTime now) {
    return booking.status == BookingStatus::accepted && booking.cash_due == 0 &&
           now < booking.pickup_at;
}

}  // namespace

Task<payments::Owed> BookingPayable::describe(pg::Tx& tx, const payments::DealQuestion& question) {
    const BookingId id{question.subject_id};
    lock_booking(tx, id);
    const BookingRecord booking = co_await record_of(tx, question.subject_id);
    if (!may_ask(question.asker, booking)) throw Refusal{errors::not_found};
    const auto money = [&booking](std::int64_t minor) { return Money{minor, booking.currency}; };
    const UtcTime hold_ends =
        booking.accepted_at.value_or(booking.created_at) + hold_terms(deps_).most;
    co_return payments::Owed{
        .payer = booking.passenger_id,
        .amount = money(booking.amount_total),
        .pay_before = std::min(hold_ends, booking.pickup_at),
        .payable = can_be_paid(booking, question.now),
        .status = std::string{name_of(booking.status)},
        .methods = methods_of_bookings(),
        .allocations = {{.part = payments::AllocationPart::fare,
                         .seller_type = payments::SellerType::user,
                         .seller_id = booking.driver_id.uuid,
                         .gross = money(booking.subtotal),
                         .fee_schedule_id = booking.fee_schedule_id}},
        .discount = std::nullopt,
        .lines = {{.code = "seats",
                   .label = fmt::format("{} → {}", booking.pickup_text, booking.dropoff_text),
                   .quantity = booking.seats,
                   .unit_amount = money(booking.price_per_seat),
                   .amount = money(booking.subtotal)}},
        .collector = std::nullopt,
    };
}

Task<Money> BookingPayable::on_promo(pg::Tx&, const payments::DealQuestion&, std::string_view) {
    throw Refusal{errors::promo_invalid, {{"reason", "unknown"}}};
}

Task<void> BookingPayable::on_init(pg::Tx& tx, const payments::DealPayment& payment) {
    const UtcTime now = payment.now;
    BookingRecord booking = co_await record_of(tx, payment.subject_id);
    const BookingStatus from = booking.status;
    booking.status = next_or_throw(from, BookingEvent::reserve, Actor::payments);
    const UtcTime hold = or_throw(renewed_hold(booking, hold_terms(deps_), now));
    release_lapsed_holds(tx, booking, now);
    if (!booking.seats_held) {
        const std::int32_t available =
            seats_free_on(booking.segments, booking.holds, booking.stretch(), now);
        if (booking.seats > available) throw seats_gone(deps_, available, booking.seats);
        save_seats(tx, {booking.trip_id, booking.stretch(), -booking.seats});
        booking.seats_held = true;
    }
    booking.hold_expires_at = hold;
    booking.payment_method = payment.method;
    booking.payment_id = payment.id;
    save_step(tx, booking, BookingEvent::reserve, from,
              {.actor = Actor::payments, .person = payment.payer, .now = now});
}

Task<void> BookingPayable::on_cash(pg::Tx&, const payments::DealPayment&) {
    throw Refusal{errors::method_unavailable, {{"reason", "cash"}}};
}

Task<payments::Taking> BookingPayable::on_paid(pg::Tx& tx, const payments::DealPayment& payment) {
    BookingRecord booking = co_await record_of(tx, payment.subject_id);
    const Doer doer{.actor = Actor::payments, .person = payment.payer, .now = payment.now};
    const bool late = !booking.hold_expires_at || payment.now >= *booking.hold_expires_at;
    if (!next_state(booking.status, BookingEvent::pay, doer.actor)) {
        tx.tell("booking.paid_late", {{"outcome", "closed"}});
        co_return payments::NotTaken{
            booking.cancel_reason.value_or(std::string{name_of(booking.status)})};
    }
    if (co_await pay(deps_, tx, booking, {payment.method, payment.id}, doer)) {
        if (late) tx.tell("booking.paid_late", {{"outcome", "seated"}});
        co_return payments::Taken{};
    }
    tx.tell("booking.paid_late", {{"outcome", "sold_out"}});
    co_await cancel(deps_, tx, booking, {.event = BookingEvent::lose_seats, .reason = "sold_out"},
                    doer);
    co_return payments::NotTaken{"sold_out"};
}

// Nothing moves: the hold lapses by its time.
Task<void> BookingPayable::on_released(pg::Tx&, const payments::DealPayment&,
                                       payments::FailureCode) {
    co_return;
}

Task<void> BookingPayable::on_refunded(pg::Tx& tx, const payments::DealRefund& refund, Money) {
    if (!refund.taken) co_return;
    save_refunded(tx, BookingId{refund.subject_id}, refund.refunded_total, refund.now);
}

}  // namespace taama::carpool
