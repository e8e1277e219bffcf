#pragma once

// The five states of a booking and every allowed step between them; all else are times and reasons.

#include <boost/describe/enum.hpp>

#include <array>

#include "modules/carpool/transitions.hpp"

namespace taama::carpool {

enum class BookingStatus : std::uint8_t { pending, accepted, paid, cancelled, completed };
BOOST_DESCRIBE_ENUM(BookingStatus, pending, accepted, paid, cancelled, completed)

enum class BookingEvent : std::uint8_t {
    create,
    accept,
    reject,
    expire,
    reserve,
    lapse,
    time_out,
    pay,
    lose_seats,
    check_in,
    start,
    end,
    no_show,
    report_absence,
    cancel
};
BOOST_DESCRIBE_ENUM(BookingEvent, create, accept, reject, expire, reserve, lapse, time_out, pay,
                    lose_seats, check_in, start, end, no_show, report_absence, cancel)

using BookingTransition = Transition<BookingStatus, BookingEvent>;

inline constexpr auto booking_transitions = [] {
    using enum BookingStatus;
    using enum BookingEvent;
    using enum Actor;
    return std::to_array<BookingTransition>({
        {pending, accept, accepted, driver},
        {pending, accept, accepted, system},  // the trip accepts by itself
        {pending, reject, cancelled, driver},
        {pending, expire, cancelled, system},
        {pending, cancel, cancelled, passenger},
        {pending, cancel, cancelled, driver},
        {pending, cancel, cancelled, system},  // superseded, or the trip went
        {accepted, reserve, accepted, payments},
        {accepted, lapse, accepted, system},
        {accepted, time_out, cancelled, system},
        {accepted, pay, paid, payments},
        {accepted, pay, paid, system},  // nothing to pay
        {accepted, lose_seats, cancelled, payments},
        {accepted, cancel, cancelled, passenger},
        {accepted, cancel, cancelled, driver},
        {accepted, cancel, cancelled, system},
        {paid, check_in, paid, driver},
        {paid, start, paid, driver},
        {paid, end, completed, driver},
        {paid, end, completed, system},
        {paid, no_show, cancelled, driver},
        {paid, no_show, cancelled, system},
        {paid, report_absence, cancelled, passenger},
        {paid, cancel, cancelled, passenger},
        {paid, cancel, cancelled, driver},
        {paid, cancel, cancelled, system},
    });
}();

constexpr std::optional<BookingStatus> next_state(BookingStatus from, BookingEvent event,
                                                  Actor who) {
    return find_next(booking_transitions, from, event, who);
}

// A cancelled booking never comes back; money that arrives later is refunded whole.
static_assert(!next_state(BookingStatus::cancelled, BookingEvent::pay, Actor::payments));
static_assert(!next_state(BookingStatus::pending, BookingEvent::pay, Actor::payments));

inline BookingStatus next_or_throw(BookingStatus from, BookingEvent event, Actor who) {
    if (const auto next = next_state(from, event, who)) return *next;
    throw wrong_state(from, event);
}

constexpr bool is_live(BookingStatus status) {
    using enum BookingStatus;
    return status == pending || status == accepted || status == paid;
}

// What the application shows.
enum class Stage : std::uint8_t {
    requested,
    awaiting_payment,
    hold_lapsed,
    confirmed,
    checked_in,
    on_board,
    completed,
    no_show,
    cancelled
};
BOOST_DESCRIBE_ENUM(Stage, requested, awaiting_payment, hold_lapsed, confirmed, checked_in,
                    on_board, completed, no_show, cancelled)

}  // namespace taama::carpool
