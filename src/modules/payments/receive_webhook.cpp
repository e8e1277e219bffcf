#include "modules/payments/receive_webhook.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include "modules/payments/errors.hpp"
#include "modules/payments/payment_outcome.hpp"
#include "modules/payments/payments_settings.hpp"
#include "modules/payments/refund_store.hpp"
#include "modules/payments/webhook_store.hpp"
#include "platform/crypto/hash.hpp"
#include "platform/crypto/seal.hpp"
#include "platform/jobs/jobs.hpp"

namespace taama::payments {

namespace {

constexpr int attempts_max = 4;          // of one transaction, after deadlocks
constexpr int handler_attempts_max = 5;  // of an event whose handling fails

// A provider without event ids: the same words under the same signature are the same event.
std::string event_key(const ProviderEvent& event, const http::Request& request) {
    if (!event.key.empty()) return event.key;
    const std::string_view status =
        event.status ? boost::describe::enum_to_string(event.status->state, "") : "";
    return crypto::to_hex(crypto::sha256(fmt::format("{}\n{}\n{}\n{}", event.provider_ref, status,
                                                     request.raw_query, request.body)));
}

Task<std::optional<Payment>> find_meant(pg::Tx& tx, std::string_view provider,
                                        const ProviderEvent& event) {
    if (const auto id = PaymentId::parse(event.our_reference)) {
        auto payment = co_await find_payment(tx, *id);
        if (payment && payment->provider == provider) co_return payment;
    }
    if (event.provider_ref.empty()) co_return std::nullopt;
    co_return co_await find_payment_by_provider_ref(tx, provider, event.provider_ref);
}

Task<void> open_unknown(pg::Tx& tx, const SeenWebhook& seen, const ProviderEvent& event) {
    const std::string& reference =
        event.our_reference.empty() ? event.provider_ref : event.our_reference;
    co_await open_exception(tx,
                            {.kind = "unknown_at_us",
                             .provider = seen.provider,
                             .subject_type = "reference",
                             .subject_id = reference,
                             .actual = event.status ? event.status->amount_minor : std::nullopt,
                             .details = {{"type", event.type}, {"event", event.redacted}}},
                            seen.received_at);
}

PG_STATEMENT constexpr pg::Sql save_raw_payload_sql{"payments.save_raw_payload", R"sql(
    update payments.payment set raw_payload = $2 where id = $1)sql"};

// The effect of one event and the mark that it was seen, together.
Task<void> handle_event(const Deps& deps, const SeenWebhook& seen, const ProviderEvent& event) {
    pg::Tx tx = co_await deps.db.begin();
    const bool is_new = co_await save_seen(tx, seen);
    if (!is_new) co_return co_await tx.commit();
    if (event.subject == EventSubject::payment) {
        const auto payment = co_await find_meant(tx, seen.provider, event);
        if (!payment) {
            co_await open_unknown(tx, seen, event);
        } else {
            save_seen_payment(tx, seen, payment->id);
            if (event.status)
                co_await apply_status(deps, tx, payment->id, *event.status,
                                      {Source::webhook, deps.clock.now()});
            else
                jobs::enqueue(tx, "payments.query", {{"payment_id", payment->id.to_string()}},
                              seen.received_at,
                              {.run_at = seen.received_at, .dedupe_key = payment->id.to_string()});
            tx.enqueue(save_raw_payload_sql, payment->id, event.redacted);
        }
    }
    co_await tx.commit();
}

// What verify() reads, kept for another attempt.
boost::json::object to_json(const http::Request& request) {
    boost::json::object headers;
    for (const std::string_view name : {"Wave-Signature", "Authorization", "Content-Type"})
        if (const auto value = request.header(name); !value.empty()) headers[name] = value;
    return {{"headers", std::move(headers)}, {"query", request.raw_query}, {"body", request.body}};
}

struct Failure {
    SeenWebhook seen;
    std::string error;
};
Task<void> keep_failed(const Deps& deps, const Failure& failure, const http::Request& request) {
    const std::string call = boost::json::serialize(to_json(request));
    pg::Tx tx = co_await deps.db.begin();
    const Uuid id = co_await save_failed(
        tx, {failure.seen, failure.error, deps.sealer.seal("payments.webhook", call)});
    if (!id.is_nil())
        jobs::enqueue(tx, "payments.webhook", {{"seen_id", id.to_string()}}, deps.clock.now(),
                      {.run_at = deps.clock.now() + 5s,
                       .dedupe_key = id.to_string(),
                       .max_attempts = handler_attempts_max});
    co_await tx.commit();
}

// Empty: handled. A deadlock is tried again; a database that is away is the caller's 503.
Task<std::optional<Failure>> try_event(const Deps& deps, const SeenWebhook& seen,
                                       const ProviderEvent& event) {
    for (int attempt = 1;; ++attempt) {
        try {
            co_await handle_event(deps, seen, event);
            co_return std::nullopt;
        } catch (const pg::Unavailable&) {
            throw;
        } catch (const pg::Error& error) {
            if (!error.can_retry() || attempt == attempts_max)
                co_return Failure{seen, error.what()};
        } catch (const Refusal& refusal) {
            co_return Failure{seen, std::string{refusal.code().code}};
        } catch (const std::exception& error) {
            co_return Failure{seen, error.what()};
        }
    }
}

[[noreturn]] void throw_rejected(bool is_stale) {
    if (is_stale) throw Refusal{errors::webhook_invalid_signature, {{"reason", "stale"}}};
    throw Refusal{errors::webhook_invalid_signature};
}

}  // namespace

Task<http::Ok<ReceivedView>> receive_webhook(const Deps& deps, const http::Request& request,
                                             http::Public, http::Path<std::string> path) {
    PaymentProvider* provider = deps.providers.find_by_name(path.value);
    if (provider == nullptr) throw Refusal{errors::not_found};
    const auto begin = std::chrono::steady_clock::now();
    const UtcTime now = deps.clock.now();
    const std::string name{provider->name()};

    const VerifyAnswer verdict =
        provider->verify(request, now, Seconds{deps.settings.get(webhook_tolerance_s)});
    const bool is_stale = std::holds_alternative<Stale>(verdict);
    if (is_stale || std::holds_alternative<BadSignature>(verdict)) {
        co_await save_rejected(deps.db, {name, {}, now}, is_stale ? "stale" : "bad signature");
        throw_rejected(is_stale);
    }
    if (const auto* malformed = std::get_if<Malformed>(&verdict))
        throw Refusal{errors::bad_request, {{"reason", malformed->text}}};
    if (const auto* events = std::get_if<std::vector<ProviderEvent>>(&verdict)) {
        for (const ProviderEvent& event : *events) {
            const SeenWebhook seen{name, event_key(event, request), now};
            const auto failure = co_await try_event(deps, seen, event);
            if (failure) co_await keep_failed(deps, *failure, request);
        }
    }
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begin;
    deps.db.tell("webhook.acknowledged", {{"provider", name}, {"seconds", took.count()}});
    co_return http::Ok<ReceivedView>{{}};
}

Task<void> repeat_webhook(const Deps& deps, Uuid seen_id) {
    const auto kept = co_await find_kept(deps.db, seen_id);
    if (!kept || kept->status != "failed" || !kept->body_sealed) co_return;
    PaymentProvider* provider = deps.providers.find_by_name(kept->provider);
    const auto call = deps.sealer.open("payments.webhook", *kept->body_sealed);
    if (provider == nullptr || !call) co_return;

    const boost::json::object parts = boost::json::parse(*call).as_object();
    const boost::json::object& headers = parts.at("headers").as_object();
    http::Request request;
    request.method = http::Method::post;
    request.raw_query = parts.at("query").as_string();
    request.body = parts.at("body").as_string();
    request.header = [&headers](std::string_view name) -> std::string_view {
        const auto* value = headers.if_contains(name);
        return value ? std::string_view{value->as_string()} : std::string_view{};
    };
    // It was in time when it came.
    const VerifyAnswer verdict = provider->verify(request, kept->received_at,
                                                  Seconds{deps.settings.get(webhook_tolerance_s)});
    const auto* events = std::get_if<std::vector<ProviderEvent>>(&verdict);
    if (events == nullptr) co_return;
    for (const ProviderEvent& event : *events)
        if (event_key(event, request) == kept->event_key)
            co_await handle_event(deps, {kept->provider, kept->event_key, kept->received_at},
                                  event);
}

}  // namespace taama::payments
