#pragma once

// What payers and staff see of payments and refunds.

#include <optional>
#include <string>

#include "modules/payments/deps.hpp"
#include "modules/payments/payment.hpp"
#include "platform/json/codec.hpp"

namespace taama::payments {

struct SubjectView {
    std::string type;
    Uuid id;
};
BOOST_DESCRIBE_STRUCT(SubjectView, (), (type, id))

struct FailureView {
    FailureCode code = FailureCode::provider_refused;
    std::string message;
};
BOOST_DESCRIBE_STRUCT(FailureView, (), (code, message))

struct PaymentView {
    PaymentId id;
    std::string reference;
    Purpose purpose = Purpose::booking;
    SubjectView subject;
    std::optional<Uuid> booking_id{};
    std::optional<Uuid> order_id{};
    std::optional<Uuid> ride_id{};
    std::optional<Uuid> reservation_id{};
    AccountId user_id;
    Method method = Method::wave;
    std::string provider;
    std::optional<std::string> provider_ref{};
    Money amount;
    Money fees;
    Currency currency = Currency::XOF;
    PaymentStatus status = PaymentStatus::init;
    std::optional<FailureView> failure{};
    bool under_review = false;
    Money refunded_amount;
    bool late = false;
    std::int16_t attempt = 1;
    UtcTime expires_at;
    std::optional<UtcTime> paid_at{};
    std::optional<Uuid> receipt_id{};
    UtcTime created_at;
    UtcTime updated_at;
};
BOOST_DESCRIBE_STRUCT(PaymentView, (),
                      (id, reference, purpose, subject, booking_id, order_id, ride_id,
                       reservation_id, user_id, method, provider, provider_ref, amount, fees,
                       currency, status, failure, under_review, refunded_amount, late, attempt,
                       expires_at, paid_at, receipt_id, created_at, updated_at))
PaymentView to_view(const Payment& payment, Language language);

struct RefundView {
    RefundId id;
    std::string reference;
    PaymentId payment_id;
    Money amount;
    Currency currency = Currency::XOF;
    std::string reason;
    std::string scope;
    std::string liability;
    RefundTarget target = RefundTarget::origin;
    RefundStatus status = RefundStatus::requested;
    std::optional<std::string> failure{};
    UtcTime created_at;
    std::optional<UtcTime> done_at{};
};
BOOST_DESCRIBE_STRUCT(RefundView, (),
                      (id, reference, payment_id, amount, currency, reason, scope, liability,
                       target, status, failure, created_at, done_at))

struct ProviderPart {
    std::string name;
    PartKind kind = PartKind::none;
    std::optional<std::string> redirect_url{};
    std::optional<std::string> qr_text{};
    std::optional<std::string> client_secret{};
    std::string message;
    UtcTime expires_at;
    std::int64_t poll_after_seconds = 10;
};
BOOST_DESCRIBE_STRUCT(ProviderPart, (),
                      (name, kind, redirect_url, qr_text, client_secret, message, expires_at,
                       poll_after_seconds))
// While the payment is live and the provider has its session.
std::optional<ProviderPart> find_part(const Deps& deps, const Payment& payment, Language language,
                                      UtcTime now);

struct StartedView {
    PaymentView payment;
    std::optional<ProviderPart> provider{};
};
BOOST_DESCRIBE_STRUCT(StartedView, (), (payment, provider))

// A payment with what its payer must do next.
struct PaymentDetailView : PaymentView {
    std::optional<ProviderPart> provider_part{};
};
BOOST_DESCRIBE_STRUCT(PaymentDetailView, (PaymentView), (provider_part))

}  // namespace taama::payments
