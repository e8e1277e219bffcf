#pragma once

// The entities as their rows hold them.

#include <boost/describe/class.hpp>

#include <optional>
#include <string>
#include <vector>

#include "modules/ledger/ledger.hpp"
#include "modules/payments/payable.hpp"
#include "modules/payments/payment_provider.hpp"
#include "modules/payments/payment_words.hpp"
#include "platform/money/money.hpp"
#include "platform/pg/value.hpp"
#include "platform/time/time.hpp"

namespace taama::payments {

enum class Purpose : std::uint8_t {
    booking,
    order,
    ride,
    reservation,
    deposit,
    topup,
    dues,
    remittance
};
BOOST_DESCRIBE_ENUM(Purpose, booking, order, ride, reservation, deposit, topup, dues, remittance)

BOOST_DESCRIBE_ENUM(RefundAbility, none, whole, parts)

struct Payment {
    PaymentId id;
    std::string reference;
    Purpose purpose = Purpose::booking;
    ledger::OwnerType subject_type = ledger::OwnerType::booking;
    Uuid subject_id;
    std::string part;
    AccountId user_id;
    Method method = Method::wave;
    std::string provider;
    std::int16_t attempt = 1;
    std::int64_t amount = 0;
    Currency currency = Currency::XOF;
    std::int64_t fees = 0;
    PaymentStatus status = PaymentStatus::init;
    std::optional<std::string> provider_ref{};
    std::optional<std::string> provider_txn_id{};
    RefundAbility refund_ability = RefundAbility::none;
    std::optional<pg::Bytes> secrets_sealed{};
    std::optional<pg::Bytes> payer_phone_sealed{};
    std::optional<std::string> redirect_url{};
    std::optional<std::string> qr_text{};
    std::string return_url;
    std::optional<FailureCode> failure_code{};
    std::optional<std::string> failure_message{};
    bool under_review = false;
    bool taken = false;
    std::int64_t refund_reserved = 0;
    std::int64_t refunded_amount = 0;
    UtcTime pay_before;
    UtcTime expires_at;
    std::optional<UtcTime> started_at{};
    std::optional<UtcTime> calling_until{};
    std::optional<UtcTime> asked_at{};
    std::int32_t polls = 0;
    bool late = false;
    std::optional<UtcTime> paid_at{};
    UtcTime created_at;
    UtcTime updated_at;

    Money money() const { return {amount, currency}; }
    ledger::Subject subject() const { return {subject_type, subject_id}; }
    Attempt to_attempt() const { return {id, provider_ref.value_or(""), method, money()}; }
    DealQuestion to_question(UtcTime now) const { return {subject_id, part, Asker{}, now}; }
    DealPayment to_deal_payment(UtcTime now) const {
        return {id, reference, subject_id, part, user_id, method, money(), late, now};
    }
};
BOOST_DESCRIBE_STRUCT(Payment, (),
                      (id, reference, purpose, subject_type, subject_id, part, user_id, method,
                       provider, attempt, amount, currency, fees, status, provider_ref,
                       provider_txn_id, refund_ability, secrets_sealed, payer_phone_sealed,
                       redirect_url, qr_text, return_url, failure_code, failure_message,
                       under_review, taken, refund_reserved, refunded_amount, pay_before,
                       expires_at, started_at, calling_until, asked_at, polls, late, paid_at,
                       created_at, updated_at))

enum class RefundTarget : std::uint8_t { origin, wallet, cash };
BOOST_DESCRIBE_ENUM(RefundTarget, origin, wallet, cash)

enum class RefundStatus : std::uint8_t { requested, processing, done, failed };
BOOST_DESCRIBE_ENUM(RefundStatus, requested, processing, done, failed)

struct Refund {
    RefundId id;
    std::string reference;
    PaymentId payment_id;
    std::int64_t amount = 0;
    Currency currency = Currency::XOF;
    std::string reason;
    RefundTarget target = RefundTarget::origin;
    RefundStatus status = RefundStatus::requested;
    // The pending transfer that waits for the provider (target origin).
    std::optional<std::string> hold_act{};
    std::optional<std::int16_t> hold_leg{};
    std::int32_t tries = 0;

    Money money() const { return {amount, currency}; }
};
BOOST_DESCRIBE_STRUCT(Refund, (),
                      (id, reference, payment_id, amount, currency, reason, target, status,
                       hold_act, hold_leg, tries))

// A part of a deal's price as it is shared out.
struct Allocation {
    std::int16_t position = 0;
    AllocationPart part = AllocationPart::fare;
    SellerType seller_type = SellerType::user;
    std::optional<Uuid> seller_id{};
    std::string vertical;
    std::int64_t gross = 0;
    std::int64_t commission = 0;
    std::int64_t net = 0;
    FeeScheduleId fee_schedule_id;
    std::int64_t paid_seller = 0;
    std::int64_t paid_commission = 0;
    std::int64_t back_gross = 0;

    bool is_settled() const { return paid_seller == net && paid_commission == commission; }
};
BOOST_DESCRIBE_STRUCT(Allocation, (),
                      (position, part, seller_type, seller_id, vertical, gross, commission, net,
                       fee_schedule_id, paid_seller, paid_commission, back_gross))

}  // namespace taama::payments
