#include "modules/payments/start_payment.hpp"

#include <boost/url/parse.hpp>

#include "modules/identity/identity.hpp"
#include "modules/payments/errors.hpp"
#include "modules/payments/payment_events.hpp"
#include "modules/payments/payment_outcome.hpp"
#include "modules/payments/payment_state.hpp"
#include "modules/payments/payments_settings.hpp"
#include "modules/payments/price_list.hpp"
#include "platform/crypto/random.hpp"
#include "platform/crypto/seal.hpp"
#include "platform/http/field_problem.hpp"
#include "platform/jobs/jobs.hpp"

namespace taama::payments {

namespace {

// While a start is on its way nobody else starts the same payment.
constexpr Seconds start_lease{60};
constexpr int rounds_max = 3;  // of closing what stands in the way
constexpr int attempts_max = 4;

struct Request {
    const NewPayment& body;
    ledger::Subject subject;
    Method method;
    std::string part;
    std::string return_url;
    DealQuestion question;
};

Refusal unavailable(Method method, std::string_view reason) {
    return Refusal{errors::method_unavailable,
                   {{"method", boost::describe::enum_to_string(method, "")}, {"reason", reason}}};
}

PaymentProvider& require_provider(const Deps& deps, Method method, const Owed& owed) {
    if (std::ranges::find(owed.methods, method) == owed.methods.end())
        throw unavailable(method, "not_for_this");
    PaymentProvider* provider = deps.providers.find_by_method(method);
    if (provider == nullptr) throw unavailable(method, "switched_off");
    const Capabilities can = provider->capabilities();
    if (refusal_of_amount(can, owed.amount))
        throw Refusal{
            errors::amount_not_supported,
            {{"min", can.amount_min}, {"max", can.amount_max}, {"multiple_of", can.multiple_of}}};
    return *provider;
}

std::string checked_return_url(const Deps& deps, const NewPayment& body, Language language) {
    if (!body.return_url) return deps.public_url;
    const auto given = boost::urls::parse_uri(body.return_url->value);
    const auto own = boost::urls::parse_uri(deps.public_url);
    if (given && given->scheme_id() == boost::urls::scheme::https) {
        const auto hosts = deps.settings.get(return_hosts);
        if (std::ranges::find(hosts, std::string{given->host()}) != hosts.end())
            return body.return_url->value;
    }
    if (given && own && given->scheme() == own->scheme() && given->host() == own->host())
        return body.return_url->value;
    throw http::field_problem("return_url",
                              {"l'hôte n'est pas autorisé", "the host is not allowed"}, language);
}

Payment to_payment(const Request& request, const Owed& owed, const DealHistory& history,
                   const PaymentProvider& provider) {
    const UtcTime now = request.question.now;
    Payment payment;
    payment.id = PaymentId::make();
    payment.reference = "PAY-" + crypto::random_code(8);
    payment.purpose = static_cast<Purpose>(0);
    boost::describe::enum_from_string(boost::describe::enum_to_string(request.subject.type, ""),
                                      payment.purpose);
    payment.subject_type = request.subject.type;
    payment.subject_id = request.subject.id;
    payment.part = request.part;
    payment.user_id = owed.payer;
    payment.method = request.method;
    payment.provider = provider.name();
    payment.attempt = static_cast<std::int16_t>(history.attempts + 1);
    payment.amount = owed.amount.minor;
    payment.currency = owed.amount.currency;
    payment.refund_ability = provider.capabilities().refund;
    payment.return_url = request.return_url;
    payment.pay_before = owed.pay_before;
    payment.expires_at = std::min<UtcTime>(now + provider.capabilities().session, owed.pay_before);
    payment.calling_until = now + start_lease;
    payment.created_at = payment.updated_at = now;
    return payment;
}

Task<std::optional<std::string>> find_payer_phone(pg::Tx& tx, const Request& request,
                                                  AccountId payer,
                                                  const PaymentProvider& provider) {
    if (request.body.phone) co_return request.body.phone->e164;
    if (!provider.capabilities().own_phone) co_return std::nullopt;
    const auto contact = co_await identity::contact_of(tx, payer);
    co_return contact ? contact->phone : std::nullopt;
}

// What stands in the deal's way before anything is asked of a provider.
void refuse_unpayable(const Owed& owed, const DealHistory& history) {
    if (history.taken_by)
        throw Refusal{errors::already_paid, {{"payment_id", history.taken_by->to_string()}}};
    if (!owed.payable) throw Refusal{errors::invalid_state, {{"status", owed.status}}};
}

struct Prepared {
    std::optional<Payment> created;     // its provider is to be called
    std::optional<Payment> live;        // answered again
    std::optional<Payment> in_the_way;  // to be closed at its provider first
};

// Steps 1 to 4 in one transaction: describe, choose, write the row.
Task<Prepared> prepare(const Deps& deps, const Request& request) {
    const UtcTime now = request.question.now;
    Payable* payable =
        deps.payables.find(boost::describe::enum_to_string(request.subject.type, ""));
    if (payable == nullptr) throw Refusal{errors::not_found};

    pg::Tx tx = co_await deps.db.begin();
    Owed owed = co_await payable->describe(tx, request.question);
    // The other side of the deal may see it, but not pay it.
    if (owed.payer.uuid != request.question.asker.id) throw Refusal{errors::not_found};
    if (request.body.promo_code) {
        co_await payable->on_promo(tx, request.question, request.body.promo_code->value);
        owed = co_await payable->describe(tx, request.question);
    }
    const DealHistory history = co_await find_history(tx, request.subject, request.part);
    refuse_unpayable(owed, history);
    const PaymentProvider& provider = require_provider(deps, request.method, owed);

    Prepared prepared;
    const auto live = co_await lock_live_payment(tx, request.subject, request.part);
    if (live) {
        const bool same = live->method == request.method && live->money() == owed.amount &&
                          live->expires_at > now;
        (same ? prepared.live : prepared.in_the_way) = live;
        co_return prepared;
    }
    Payment payment = to_payment(request, owed, history, provider);
    if (const auto phone = co_await find_payer_phone(tx, request, owed.payer, provider))
        payment.payer_phone_sealed = deps.sealer.seal("payments.payer_phone", *phone);
    save_new_payment(tx, payment, Source::client);
    co_await payable->on_init(tx, payment.to_deal_payment(now));
    jobs::enqueue(
        tx, "payments.start", {{"payment_id", payment.id.to_string()}}, now,
        {.run_at = payment.calling_until, .dedupe_key = payment.id.to_string(), .max_attempts = 3});
    emit_initiated(tx, payment, now);
    co_await tx.commit();
    prepared.created = std::move(payment);
    co_return prepared;
}

// After a deadlock the flow simply runs again.
Task<Prepared> prepare_patiently(const Deps& deps, const Request& request) {
    for (int attempt = 1;; ++attempt) {
        try {
            co_return co_await prepare(deps, request);
        } catch (const pg::Error& error) {
            if (!error.can_retry() || attempt == attempts_max) throw;
        }
    }
}

http::Either<StartedView> answer(const Deps& deps, const Payment& payment, Language language,
                                 UtcTime now) {
    const bool waiting = is_live(payment.status) && !payment.started_at;
    return {{to_view(payment, language), find_part(deps, payment, language, now)}, waiting};
}

[[noreturn]] void throw_not_started(const StartResult& result) {
    const std::string id = result.payment.id.to_string();
    if (result.outcome == StartOutcome::unavailable)
        throw Refusal{errors::provider_error, {{"payment_id", id}}};
    const FailureCode code = result.payment.failure_code.value_or(FailureCode::provider_refused);
    throw Refusal{
        errors::payment_failed,
        {{"payment_id", id}, {"failure_code", boost::describe::enum_to_string(code, "")}}};
}

}  // namespace

void NewPayment::check(json::Reader& r) const {
    const int subjects = int{booking_id.has_value()} + int{order_id.has_value()} +
                         int{ride_id.has_value()} + int{reservation_id.has_value()};
    if (subjects != 1)
        r.problem_at("booking_id",
                     {"donnez exactement un objet à payer", "give exactly one thing to pay for"});
    if (method.has_value() == payment_method_id.has_value())
        r.problem_at("method", {"donnez method ou payment_method_id",
                                "give either method or payment_method_id"});
}

ledger::Subject NewPayment::subject() const {
    using enum ledger::OwnerType;
    if (booking_id) return {booking, *booking_id};
    if (order_id) return {order, *order_id};
    if (ride_id) return {ride, *ride_id};
    return {reservation, reservation_id.value()};
}

Task<http::Either<StartedView>> start_payment(const Deps& deps, http::Context& context,
                                              http::User user, http::Body<NewPayment> body) {
    if (!body->method) throw Refusal{errors::method_unavailable, {{"reason", "none"}}};
    const ledger::Subject subject = body->subject();
    const std::string part = body->part ? body->part->value : "";
    const Request request{
        .body = *body,
        .subject = subject,
        .method = *body->method,
        .part = part,
        .return_url = checked_return_url(deps, *body, context.language),
        .question = {subject.id, part, {Asker::Kind::user, user.id.uuid}, context.now}};
    for (int round = 0; round < rounds_max; ++round) {
        Prepared prepared = co_await prepare_patiently(deps, request);
        if (prepared.live) co_return answer(deps, *prepared.live, context.language, context.now);
        if (prepared.created) {
            const StartResult result = co_await call_start(deps, *prepared.created);
            if (result.outcome == StartOutcome::refused ||
                result.outcome == StartOutcome::unavailable)
                throw_not_started(result);
            co_return answer(deps, result.payment, context.language, deps.clock.now());
        }
        const Payment closed =
            co_await close_at_provider(deps, *prepared.in_the_way, FailureCode::superseded);
        if (closed.status == PaymentStatus::paid)
            throw Refusal{errors::already_paid, {{"payment_id", closed.id.to_string()}}};
    }
    throw Refusal{errors::conflict, {{"reason", "payment_in_progress"}}};
}

}  // namespace taama::payments
