#pragma once

// What can be known before paying: the published fees, and by which means a deal can be paid.

#include <optional>
#include <string>

#include "modules/payments/deps.hpp"
#include "modules/payments/payments.hpp"
#include "platform/http/routes.hpp"

namespace taama::payments {

struct FeeQuery {
    std::optional<Vertical> vertical;
    std::optional<Language> lang;
};
BOOST_DESCRIBE_STRUCT(FeeQuery, (), (vertical, lang))

struct FeeView {
    Vertical vertical = Vertical::carpool;
    std::int32_t version = 1;
    double percent = 0;
    Money fixed;
    Money min;
    std::optional<Money> max{};
    double buyer_percent = 0;
    Money buyer_fixed;
    Currency currency = Currency::XOF;
    std::string paid_by;   // seller, or seller_and_buyer
    std::string rounding;  // half_up
    std::string text;
};
BOOST_DESCRIBE_STRUCT(FeeView, (),
                      (vertical, version, percent, fixed, min, max, buyer_percent, buyer_fixed,
                       currency, paid_by, rounding, text))
FeeView to_view(const FeeSchedule& schedule, Currency currency, Language language);

// GET /fees
Task<http::Ok<std::vector<FeeView>>> list_fees(const Deps& deps, http::Context& context,
                                               http::Public caller, http::Query<FeeQuery> query);

struct MethodQuery {
    std::optional<Vertical> vertical;
    std::optional<Money> amount;
    std::optional<Uuid> booking_id;
    std::optional<Uuid> order_id;
    std::optional<Uuid> ride_id;
    std::optional<Uuid> reservation_id;

    void check(json::Reader& r) const;
};
BOOST_DESCRIBE_STRUCT(MethodQuery, (),
                      (vertical, amount, booking_id, order_id, ride_id, reservation_id))

struct MethodChoice {
    Method method = Method::wave;
    bool available = false;
    std::optional<std::string> reason{};
    std::optional<Money> min{};
    std::optional<Money> max{};
    std::optional<Money> multiple_of{};
    std::vector<Uuid> saved{};
};
BOOST_DESCRIBE_STRUCT(MethodChoice, (), (method, available, reason, min, max, multiple_of, saved))

// GET /payments/methods
Task<http::Ok<std::vector<MethodChoice>>> list_methods(const Deps& deps, http::Context& context,
                                                       http::User user,
                                                       http::Query<MethodQuery> query);

// Why this amount cannot be paid by this provider; empty: it can.
std::optional<std::string> refusal_of_amount(const Capabilities& can, Money amount);

}  // namespace taama::payments
