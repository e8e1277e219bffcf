#pragma once

// The states of a payment (money.md's machine): what may follow what, and by whom.

#include <array>
#include <cstdint>
#include <optional>

#include "modules/payments/payment_words.hpp"

namespace taama::payments {

enum class PaymentEvent : std::uint8_t {
    money_reserved,
    money_received,
    refused,
    wrong_money,
    expired,
    cancelled,
    superseded,
    refunded_whole,
    refund_undone
};
BOOST_DESCRIBE_ENUM(PaymentEvent, money_reserved, money_received, refused, wrong_money, expired,
                    cancelled, superseded, refunded_whole, refund_undone)

// Only a provider says paid or refused; what we close ourselves reopens when it says paid.
enum class PaymentActor : std::uint8_t { provider, payer, system };
BOOST_DESCRIBE_ENUM(PaymentActor, provider, payer, system)

struct PaymentTransition {
    PaymentStatus from;
    PaymentEvent event;
    PaymentStatus to;
    PaymentActor who;
};

inline constexpr auto payment_transitions = [] {
    using enum PaymentStatus;
    using enum PaymentEvent;
    using enum PaymentActor;
    return std::to_array<PaymentTransition>({
        {init, money_reserved, authorized, provider},
        {init, money_received, paid, provider},
        {init, refused, failed, provider},
        {init, wrong_money, failed, provider},
        {init, expired, failed, system},
        {init, cancelled, failed, payer},
        {init, superseded, failed, payer},
        {authorized, money_received, paid, provider},
        {authorized, refused, failed, provider},
        {authorized, wrong_money, failed, provider},
        {authorized, expired, failed, system},
        {authorized, cancelled, failed, payer},
        {authorized, superseded, failed, payer},
        {failed, money_received, paid, provider},
        {failed, wrong_money, failed, provider},
        {paid, refunded_whole, refunded, system},
        {refunded, refund_undone, paid, provider},
    });
}();

constexpr std::optional<PaymentStatus> next_state(PaymentStatus from, PaymentEvent event,
                                                  PaymentActor who) {
    for (const PaymentTransition& t : payment_transitions)
        if (t.from == from && t.event == event && t.who == who) return t.to;
    return std::nullopt;
}

constexpr bool is_live(PaymentStatus status) {
    return next_state(status, PaymentEvent::expired, PaymentActor::system).has_value();
}

// Money that was taken is never declared lost by a later word of the provider.
static_assert(!next_state(PaymentStatus::paid, PaymentEvent::refused, PaymentActor::provider));

}  // namespace taama::payments
