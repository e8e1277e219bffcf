#include "modules/payments/price_list.hpp"

#include "modules/payments/refund_store.hpp"
#include "modules/settings/operator_settings.hpp"

namespace taama::payments {

namespace {

Currency currency_of(const Deps& deps) {
    return parse_currency(deps.settings.get(settings::operator_currency)).value_or(Currency::XOF);
}

std::string percent_text(std::int32_t basis_points) {
    return fmt::format("{}", basis_points / 100.0);
}

std::string to_text(const FeeSchedule& fee, Currency currency, Language language) {
    const bool french = language == Language::fr;
    const auto amount = [&](std::int64_t minor) {
        return fmt::format("{} {}", Money{minor, currency}.to_decimal(), to_string(currency));
    };
    std::string text = fmt::format(fmt::runtime(french ? "{} % du prix" : "{} % of the price"),
                                   percent_text(fee.percent_bp));
    if (fee.fixed > 0) text += " + " + amount(fee.fixed);
    if (fee.min > 0) text += (french ? ", au moins " : ", at least ") + amount(fee.min);
    if (fee.max) text += (french ? ", au plus " : ", at most ") + amount(*fee.max);
    if (fee.buyer_percent_bp > 0 || fee.buyer_fixed > 0)
        text += fmt::format(
            fmt::runtime(french ? " ; l'acheteur ajoute {} % + {}" : "; the buyer adds {} % + {}"),
            percent_text(fee.buyer_percent_bp), amount(fee.buyer_fixed));
    return text;
}

struct Choosing {
    std::vector<Method> methods;
    std::optional<Money> amount;
};

Task<Choosing> choosing_for(const Deps& deps, const ledger::Subject& deal,
                            const DealQuestion& question) {
    Payable* payable = deps.payables.find(boost::describe::enum_to_string(deal.type, ""));
    if (payable == nullptr) throw Refusal{errors::not_found};
    pg::Tx tx = co_await deps.db.begin();
    const Owed owed = co_await payable->describe(tx, question);
    co_return Choosing{owed.methods, owed.amount};
}

std::optional<ledger::Subject> subject_of(const MethodQuery& query) {
    using enum ledger::OwnerType;
    if (query.booking_id) return ledger::Subject{booking, *query.booking_id};
    if (query.order_id) return ledger::Subject{order, *query.order_id};
    if (query.ride_id) return ledger::Subject{ride, *query.ride_id};
    if (query.reservation_id) return ledger::Subject{reservation, *query.reservation_id};
    return std::nullopt;
}

std::vector<Method> all_methods() {
    std::vector<Method> methods;
    boost::mp11::mp_for_each<boost::describe::describe_enumerators<Method>>(
        [&](auto entry) { methods.push_back(entry.value); });
    return methods;
}

MethodChoice to_choice(const Deps& deps, Method method, std::optional<Money> amount) {
    MethodChoice choice;
    choice.method = method;
    const PaymentProvider* provider = deps.providers.find_by_method(method);
    if (provider == nullptr) {
        choice.reason = "switched_off";
        return choice;
    }
    const Capabilities can = provider->capabilities();
    const Currency currency = amount ? amount->currency : currency_of(deps);
    choice.min = Money{can.amount_min, currency};
    if (can.amount_max > 0) choice.max = Money{can.amount_max, currency};
    choice.multiple_of = Money{can.multiple_of, currency};
    if (amount) choice.reason = refusal_of_amount(can, *amount);
    choice.available = !choice.reason;
    return choice;
}

}  // namespace

std::optional<std::string> refusal_of_amount(const Capabilities& can, Money amount) {
    const bool fits = amount.minor >= can.amount_min &&
                      (can.amount_max == 0 || amount.minor <= can.amount_max) &&
                      amount.minor % can.multiple_of == 0;
    return fits ? std::nullopt : std::optional<std::string>{"amount_not_supported"};
}

FeeView to_view(const FeeSchedule& fee, Currency currency, Language language) {
    const auto money = [currency](std::int64_t minor) { return Money{minor, currency}; };
    const bool buyer_pays = fee.buyer_percent_bp > 0 || fee.buyer_fixed > 0;
    return {.vertical = fee.vertical,
            .version = fee.version,
            .percent = fee.percent_bp / 100.0,
            .fixed = money(fee.fixed),
            .min = money(fee.min),
            .max = fee.max ? std::optional{money(*fee.max)} : std::nullopt,
            .buyer_percent = fee.buyer_percent_bp / 100.0,
            .buyer_fixed = money(fee.buyer_fixed),
            .currency = currency,
            .paid_by = buyer_pays ? "seller_and_buyer" : "seller",
            .rounding = "half_up",
            .text = to_text(fee, currency, language)};
}

Task<http::Ok<std::vector<FeeView>>> list_fees(const Deps& deps, http::Context& context,
                                               http::Public, http::Query<FeeQuery> query) {
    http::Ok<std::vector<FeeView>> fees;
    for (const FeeSchedule& schedule : co_await find_current_schedules(deps.db, context.now))
        if (!query->vertical || *query->vertical == schedule.vertical)
            fees.value.push_back(
                to_view(schedule, currency_of(deps), query->lang.value_or(context.language)));
    co_return fees;
}

void MethodQuery::check(json::Reader& r) const {
    const int subjects = int{booking_id.has_value()} + int{order_id.has_value()} +
                         int{ride_id.has_value()} + int{reservation_id.has_value()};
    if (subjects > 1 || (subjects == 1 && amount))
        r.problem_at("booking_id", {"donnez amount ou un seul objet à payer",
                                    "give amount or one thing to pay for"});
}

Task<http::Ok<std::vector<MethodChoice>>> list_methods(const Deps& deps, http::Context& context,
                                                       http::User user,
                                                       http::Query<MethodQuery> query) {
    Choosing choosing{all_methods(), query->amount};
    if (const auto deal = subject_of(*query))
        choosing = co_await choosing_for(
            deps, *deal, {deal->id, {}, {Asker::Kind::user, user.id.uuid}, context.now});
    http::Ok<std::vector<MethodChoice>> choices;
    for (const Method method : choosing.methods)
        choices.value.push_back(to_choice(deps, method, choosing.amount));
    co_return choices;
}

}  // namespace taama::payments
