#pragma once

// What cancelling costs, the same for the preview and for the act.

#include <boost/describe/enum.hpp>

#include "modules/carpool/booking.hpp"
#include "platform/json/codec.hpp"

namespace taama::carpool {

enum class FeeSource : std::uint8_t { none, wallet, captured, debt };
BOOST_DESCRIBE_ENUM(FeeSource, none, wallet, captured, debt)

struct CancelRule {
    std::int32_t under_hours = 0;
    std::int32_t pct = 0;
};
BOOST_DESCRIBE_STRUCT(CancelRule, (), (under_hours, pct))

struct DriverPenalty {
    Money fine;
    double points = 0;
};
BOOST_DESCRIBE_STRUCT(DriverPenalty, (), (fine, points))

struct CancelStep {
    UtcTime after;
    Money fee;
};
BOOST_DESCRIBE_STRUCT(CancelStep, (), (after, fee))

struct CancellationView {
    Actor by = Actor::passenger;
    UtcTime evaluated_at;
    UtcTime reference_at;
    bool allowed = true;
    std::optional<CancelRule> rule;
    Money base;
    Money fee;
    FeeSource fee_source = FeeSource::none;
    Money wallet_debit;
    Money debt;
    Money refund_amount;
    Money net;
    DriverPenalty driver_penalty;
    std::vector<CancelStep> schedule;
    Currency currency = Currency::XOF;
};
BOOST_DESCRIBE_STRUCT(CancellationView, (),
                      (by, evaluated_at, reference_at, allowed, rule, base, fee, fee_source,
                       wallet_debit, debt, refund_amount, net, driver_penalty, schedule, currency))

// Cancelling gives back all that was paid: there are neither fees nor penalties.
CancellationView evaluate_cancellation(const Booking& booking, Actor by, UtcTime now);
struct TripToCancel {
    UtcTime departure_time;
    bool allowed;
    Money paid;  // by all passengers
};
CancellationView evaluate_cancellation(const TripToCancel& trip, UtcTime now);

}  // namespace taama::carpool
