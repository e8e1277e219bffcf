#include "modules/payments/ask_provider.hpp"

#include "modules/payments/payment_outcome.hpp"
#include "modules/payments/payment_state.hpp"
#include "modules/payments/payments_settings.hpp"
#include "platform/crypto/seal.hpp"
#include "platform/jobs/jobs.hpp"

namespace taama::payments {

namespace {

constexpr Wait query_wait{10'000};
constexpr Seconds resume_apart{60};
// A provider that does not answer keeps a payment open this much longer.
constexpr Seconds expiry_patience{300};

PaymentProvider* provider_of(const Deps& deps, const Payment& payment) {
    return deps.providers.find_by_name(payment.provider);
}

Intent to_intent(const Deps& deps, const Payment& payment) {
    Intent intent{.payment_id = payment.id,
                  .method = payment.method,
                  .amount = payment.money(),
                  .payer_phone = std::nullopt,
                  .return_url = payment.return_url,
                  .description = payment.reference,
                  .pay_before = payment.pay_before};
    if (payment.payer_phone_sealed)
        intent.payer_phone = deps.sealer.open("payments.payer_phone", *payment.payer_phone_sealed);
    return intent;
}

Task<Payment> reload(const Deps& deps, PaymentId id) {
    co_return (co_await find_payment(deps.db, id)).value();
}

Task<Payment> keep_status(const Deps& deps, PaymentId id, const Status& status, Source source) {
    pg::Tx tx = co_await deps.db.begin();
    Payment payment = co_await apply_status(deps, tx, id, status, {source, deps.clock.now()});
    co_await tx.commit();
    co_return payment;
}

Task<Payment> keep_closed(const Deps& deps, PaymentId id, FailureCode why, Source source) {
    pg::Tx tx = co_await deps.db.begin();
    Payment payment = co_await close_payment(deps, tx, id, why, {source, deps.clock.now()});
    co_await tx.commit();
    co_return payment;
}

// Closes the session at the provider; empty: it did not answer.
Task<std::optional<Payment>> try_close(const Deps& deps, const Payment& payment, FailureCode why,
                                       Source source) {
    CloseAnswer answer = Unknown{"provider is off"};
    if (PaymentProvider* provider = provider_of(deps, payment))
        answer = co_await provider->close(payment.to_attempt(), query_wait);
    if (std::holds_alternative<Closed>(answer))
        co_return co_await keep_closed(deps, payment.id, why, source);
    if (const auto* status = std::get_if<Status>(&answer)) {
        const Payment now_is = co_await keep_status(deps, payment.id, *status, source);
        if (!is_live(now_is.status)) co_return now_is;
    }
    co_return std::nullopt;
}

Task<Payment> expire(const Deps& deps, const Payment& payment, bool was_answered) {
    const bool patient = deps.clock.now() < payment.expires_at + expiry_patience;
    if (!was_answered && patient) co_return payment;
    auto closed = co_await try_close(deps, payment, FailureCode::expired, Source::job);
    if (closed) co_return std::move(*closed);
    if (patient) co_return payment;
    co_return co_await keep_closed(deps, payment.id, FailureCode::expired, Source::job);
}

std::string_view word_of(const QueryAnswer& answer) {
    if (const auto* status = std::get_if<Status>(&answer))
        return boost::describe::enum_to_string(status->state, "");
    return std::holds_alternative<NotFound>(answer) ? "not_found" : "unknown";
}

void enqueue_query(pg::Tx& tx, PaymentId id, UtcTime now) {
    jobs::enqueue(tx, "payments.query", {{"payment_id", id.to_string()}}, now,
                  {.run_at = now, .dedupe_key = id.to_string(), .max_attempts = 3});
}

}  // namespace

Task<StartResult> call_start(const Deps& deps, const Payment& payment) {
    PaymentProvider* provider = provider_of(deps, payment);
    StartAnswer answer = Unknown{"provider is off"};
    if (provider != nullptr) {
        const Wait wait = Seconds{deps.settings.get(start_wait_s)};
        answer = co_await provider->start(to_intent(deps, payment), wait);
    }
    const UtcTime now = deps.clock.now();
    if (std::holds_alternative<Unknown>(answer)) {
        co_await save_calling_until(deps.db, payment.id, now);  // payments.resume goes on
        co_return StartResult{StartOutcome::unknown, co_await reload(deps, payment.id)};
    }
    const Word word{Source::client, now};
    pg::Tx tx = co_await deps.db.begin();
    if (const auto* started = std::get_if<Started>(&answer)) {
        Payment as_it_is = co_await apply_started(deps, tx, payment.id, *started, word);
        co_await tx.commit();
        co_return StartResult{StartOutcome::started, std::move(as_it_is)};
    }
    const auto& refused = std::get<Refused>(answer);
    Payment as_it_is = co_await apply_refused(deps, tx, payment.id, refused, word);
    co_await tx.commit();
    co_return StartResult{refused.final ? StartOutcome::refused : StartOutcome::unavailable,
                          std::move(as_it_is)};
}

Task<Payment> ask_provider(const Deps& deps, const Payment& payment, Source source) {
    QueryAnswer answer = Unknown{"provider is off"};
    if (PaymentProvider* provider = provider_of(deps, payment))
        answer = co_await provider->query(payment.to_attempt(), query_wait);
    deps.db.tell("provider.asked", {{"provider", payment.provider}, {"result", word_of(answer)}});

    Payment as_it_is = payment;
    if (const auto* status = std::get_if<Status>(&answer))
        as_it_is = co_await keep_status(deps, payment.id, *status, source);
    if (is_live(as_it_is.status) && deps.clock.now() >= as_it_is.expires_at)
        as_it_is = co_await expire(deps, as_it_is, !std::holds_alternative<Unknown>(answer));
    co_return as_it_is;
}

Task<void> resume_start(const Deps& deps, PaymentId id) {
    const UtcTime now = deps.clock.now();
    if (!co_await take_start(deps.db, id, now, now + resume_apart)) co_return;

    const auto payment = co_await find_payment(deps.db, id);
    PaymentProvider* provider = provider_of(deps, *payment);
    if (provider == nullptr) co_return;
    const QueryAnswer answer = co_await provider->query(payment->to_attempt(), query_wait);
    if (const auto* status = std::get_if<Status>(&answer)) {
        co_await keep_status(deps, id, *status, Source::query);
    } else if (std::holds_alternative<NotFound>(answer)) {
        if (deps.clock.now() < payment->expires_at)
            co_await call_start(deps, *payment);
        else
            co_await keep_closed(deps, id, FailureCode::expired, Source::job);
    }
}

Task<Payment> close_at_provider(const Deps& deps, const Payment& payment, FailureCode why) {
    auto closed = co_await try_close(deps, payment, why, Source::client);
    if (!closed) throw Refusal{errors::provider_timeout, {{"payment_id", payment.id.to_string()}}};
    co_return std::move(*closed);
}

Task<void> poll_due(const Deps& deps) {
    const UtcTime now = deps.clock.now();
    pg::Tx tx = co_await deps.db.begin();
    for (const DuePoll& due : co_await take_due_polls(tx, now)) {
        save_next_poll(tx, due.id, next_poll(due.created_at, due.expires_at, now), now);
        enqueue_query(tx, due.id, now);
    }
    co_await tx.commit();
}

Task<void> expire_due(const Deps& deps) {
    const UtcTime now = deps.clock.now();
    pg::Tx tx = co_await deps.db.begin();
    for (const PaymentId id : co_await find_expired(tx, now)) enqueue_query(tx, id, now);
    co_await tx.commit();
}

Task<void> resume_due(const Deps& deps) {
    const UtcTime now = deps.clock.now();
    pg::Tx tx = co_await deps.db.begin();
    for (const PaymentId id : co_await find_unanswered(tx, now))
        jobs::enqueue(tx, "payments.start", {{"payment_id", id.to_string()}}, now,
                      {.run_at = now, .dedupe_key = id.to_string() + ":resume", .max_attempts = 3});
    co_await tx.commit();
}

}  // namespace taama::payments
