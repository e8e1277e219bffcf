#pragma once

// POST /payments/init: what the payer asks for, and what he gets.

#include <optional>

#include "modules/payments/ask_provider.hpp"
#include "modules/payments/deps.hpp"
#include "modules/payments/payment_views.hpp"
#include "platform/http/routes.hpp"

namespace taama::payments {

struct NewPayment {
    std::optional<Uuid> booking_id;
    std::optional<Uuid> order_id;
    std::optional<Uuid> ride_id;
    std::optional<Uuid> reservation_id;
    std::optional<Method> method;
    std::optional<Uuid> payment_method_id;
    std::optional<json::Text<1, 64>> part;
    std::optional<json::Phone> phone;
    std::optional<json::Secret<4, 10>> otp_code;
    std::optional<json::Secret<4, 6>> pin;
    std::optional<json::Text<8, 500>> return_url;
    std::optional<json::Text<1, 40>> promo_code;

    void check(json::Reader& r) const;
    ledger::Subject subject() const;
};
BOOST_DESCRIBE_STRUCT(NewPayment, (),
                      (booking_id, order_id, ride_id, reservation_id, method, payment_method_id,
                       part, phone, otp_code, pin, return_url, promo_code))

Task<http::Either<StartedView>> start_payment(const Deps& deps, http::Context& context,
                                              http::User user, http::Body<NewPayment> body);

}  // namespace taama::payments
