#pragma once

// The steps of a booking, for whoever causes them: an operation, a payment, a job. Each changes the
// booking in memory and enqueues its row, its history, the seats, the conversation and the news.
// The caller holds the locks of passenger, trip and booking.

#include "modules/carpool/booking_rules.hpp"
#include "modules/carpool/booking_store.hpp"
#include "modules/carpool/deps.hpp"

namespace taama::carpool {

inline constexpr std::string_view booking_subject = "carpool_booking";
inline constexpr std::string_view code_seal_purpose = "carpool.bookings.code";

Refusal not_enough_seats(std::int32_t available, std::int32_t requested);
// The same for who came too late to book or to pay.
Refusal seats_gone(const Deps& deps, std::int32_t available, std::int32_t requested);

// Who does a step, and when it happened there.
struct Doer {
    Actor actor;
    std::optional<AccountId> person{};  // nobody: the system
    UtcTime now;
    std::optional<UtcTime> occurred_at{};
};

void tell_booking(pg::Tx& tx, std::string_view event, const Booking& booking, UtcTime now,
                  boost::json::object more = {});

// Frees the seats of the trip's holds that have lapsed; whoever locks a trip does this first.
void release_lapsed_holds(pg::Tx& tx, TripId trip, std::vector<Hold>& holds, UtcTime now);
void release_lapsed_holds(pg::Tx& tx, BookingRecord& booking, UtcTime now);

HoldTerms hold_terms(const Deps& deps);

// Refuses booking_conflict when seats are missing.
Task<void> accept(const Deps& deps, pg::Tx& tx, BookingRecord& booking, const Doer& doer);

// Cancels the passenger's other requests that overlap a booking of his that was accepted.
Task<void> supersede_others(const Deps& deps, pg::Tx& tx, const Booking& booking, UtcTime now);

struct PaidBy {
    std::optional<payments::Method> method{};
    std::optional<payments::PaymentId> payment_id{};
};
// accepted → paid, with ticket and code. False when the seats went meanwhile: nothing was changed.
Task<bool> pay(const Deps& deps, pg::Tx& tx, BookingRecord& booking, const PaidBy& paid_by,
               const Doer& doer);
// The code of a paid booking, unlike those of the trip's other passengers.
Task<void> issue_ticket(const Deps& deps, pg::Tx& tx, Booking& booking);

struct Cancelling {
    BookingEvent event = BookingEvent::cancel;
    std::string reason;
    boost::json::object meta{};
};
// Frees the seats and gives back all that was paid. `no_show` too: whoever is absent pays nothing.
Task<void> cancel(const Deps& deps, pg::Tx& tx, Booking& booking, const Cancelling& cancelling,
                  const Doer& doer);

// paid → completed: the driver gets his money.
Task<void> complete(const Deps& deps, pg::Tx& tx, Booking& booking, const Doer& doer);

// Saves a step that is none of the above: check-in, start, reserve.
void save_step(pg::Tx& tx, Booking& booking, BookingEvent event, BookingStatus from,
               const Doer& doer);

}  // namespace taama::carpool
