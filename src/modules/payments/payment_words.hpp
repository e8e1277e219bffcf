#pragma once

// The words of payments: ids, methods, states and the reasons of failure as the API spells them.

#include <boost/describe/enum.hpp>

#include <cstdint>

#include "platform/id.hpp"

namespace taama::payments {

using PaymentId = Id<struct PaymentTag>;
using RefundId = Id<struct RefundTag>;
using FeeScheduleId = Id<struct FeeScheduleTag>;

enum class Method : std::uint8_t {
    wave,
    orange,
    mtn,
    yas,
    flooz,
    card,
    pispi,
    cinetpay,
    wallet,
    cash
};
BOOST_DESCRIBE_ENUM(Method, wave, orange, mtn, yas, flooz, card, pispi, cinetpay, wallet, cash)

enum class PaymentStatus : std::uint8_t { init, authorized, paid, failed, refunded };
BOOST_DESCRIBE_ENUM(PaymentStatus, init, authorized, paid, failed, refunded)

// `failure.code` of a payment.
enum class FailureCode : std::uint8_t {
    insufficient_funds,
    payer_not_found,
    payer_limit,
    rejected_by_payer,
    wrong_code,
    blocked_account,
    payer_mismatch,
    card_declined,
    authentication_failed,
    expired,
    cancelled,
    superseded,
    amount_mismatch,
    currency_mismatch,
    provider_refused,
    provider_unavailable,
    cash_refused
};
BOOST_DESCRIBE_ENUM(FailureCode, insufficient_funds, payer_not_found, payer_limit,
                    rejected_by_payer, wrong_code, blocked_account, payer_mismatch, card_declined,
                    authentication_failed, expired, cancelled, superseded, amount_mismatch,
                    currency_mismatch, provider_refused, provider_unavailable, cash_refused)

// How the payer comes to the provider: a page to open, a prompt on the phone, a code to scan, a
// secret for the provider's own client library.
enum class PartKind : std::uint8_t { redirect, push, qr, client, none };
BOOST_DESCRIBE_ENUM(PartKind, redirect, push, qr, client, none)

}  // namespace taama::payments
