#include "integrations/payments/wave.hpp"

#include <fmt/format.h>

#include "platform/assert.hpp"
#include "platform/timer.hpp"

namespace taama::payments {

namespace {

constexpr Seconds retry_after_default{1};

bool succeeded(const http_client::Response& response) {
    return response.status >= 200 && response.status < 300;
}

// Answers that say nothing about whether the call had its effect.
bool is_inconclusive(int status) {
    return status >= 500 || status == 408 || (status >= 300 && status < 400);
}

// Our credentials or our pace, not this payment: nothing was done, and another route may do it.
bool is_about_us(int status) { return status == 401 || status == 403 || status == 429; }

std::string said(const http_client::Response& response) {
    return fmt::format("{} {}", response.status, wave::read_complaint(response.body).text());
}

std::optional<wave::Session> session_in(const http_client::Response& response) {
    const auto node = json::parse(response.body);
    return node ? wave::read_session(*node) : std::nullopt;
}

Seconds retry_after(const http_client::Response& response) {
    const std::string_view text = response.header("Retry-After");
    int seconds = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), seconds);
    if (error != std::errc{} || end != text.data() + text.size() || seconds < 0) {
        return retry_after_default;
    }
    return Seconds{seconds};
}

}  // namespace

Wave::Wave(WaveOptions options, http_client::Client& client, const Clock& clock)
    : options_(std::move(options)), client_(client), clock_(clock) {
    ASSERT(!options_.api_keys.empty());
}

std::span<const Method> Wave::methods() const {
    static constexpr Method only[] = {Method::wave};
    return only;
}

Capabilities Wave::capabilities() const {
    Capabilities able;
    able.refund = RefundAbility::whole;
    able.amount_max = 2'000'000;  // the central bank's ceiling of an electronic money account
    able.session = Seconds{1800};
    able.own_phone = options_.names_payer;
    able.part_kind = PartKind::redirect;
    able.poll_after = Seconds{10};
    able.instructions = {"Ouvrez Wave pour payer", "Open Wave to pay"};
    return able;
}

Task<Wave::Answer> Wave::send_with_key(const Call& call, const std::string& api_key,
                                       Deadline deadline) {
    http_client::Request request;
    request.provider = "wave";
    request.method = call.method;
    request.url = options_.base_url + "/v1" + call.path;
    request.headers = {{"Authorization", "Bearer " + api_key}, {"Accept", "application/json"}};
    if (!call.body.empty()) request.headers.push_back({"Content-Type", "application/json"});
    if (!call.idempotency_key.empty()) {
        request.headers.push_back({"Idempotency-Key", call.idempotency_key});
    }
    if (!options_.request_secret.empty()) {
        const auto now = std::chrono::floor<Seconds>(clock_.now()).time_since_epoch().count();
        request.headers.push_back(
            {"Wave-Signature", wave::signature_header(options_.request_secret, now, call.body)});
    }
    request.body = call.body;
    request.timeout = std::chrono::duration_cast<std::chrono::milliseconds>(
        deadline - std::chrono::steady_clock::now());
    return client_.send(std::move(request));
}

// A 401 does nothing at Wave, so the call is made once more: with the other key while one rotates.
Task<Wave::Answer> Wave::send(Call call, Deadline deadline) {
    Answer answer = co_await send_with_key(call, options_.api_keys.front(), deadline);
    if (answer && answer->status == 401) {
        answer = co_await send_with_key(call, options_.api_keys.back(), deadline);
    }
    co_return answer;
}

Task<StartAnswer> Wave::start(const Intent& intent, Wait wait) {
    return start_by(intent, std::chrono::steady_clock::now() + wait);
}

Task<StartAnswer> Wave::start_by(const Intent& intent, Deadline deadline) {
    const Call call{"POST", "/checkout/sessions", wave::checkout_body(intent),
                    intent.payment_id.to_string()};
    Answer answer = co_await send(call, deadline);
    if (answer && answer->status == 429) {
        const Seconds pause = retry_after(*answer);
        if (std::chrono::steady_clock::now() + pause < deadline) {
            co_await sleep_for(pause);
            answer = co_await send(call, deadline);
        }
    }
    if (!answer) {
        const auto& error = answer.error();
        if (error.maybe_sent) co_return Unknown{error.text};
        co_return Refused{FailureCode::provider_unavailable, false, error.text};
    }
    if (succeeded(*answer)) {
        const auto session = session_in(*answer);
        if (!session || !is_open(*session) || session->launch_url.empty() || !session->expires_at) {
            co_return Unknown{"200 without an open session"};
        }
        co_return wave::to_started(*session);
    }
    if (answer->status >= 500) {
        co_return co_await adopt_or_refuse(intent.payment_id, said(*answer), deadline);
    }
    if (is_inconclusive(answer->status)) co_return Unknown{said(*answer)};
    if (is_about_us(answer->status)) {
        co_return Refused{FailureCode::provider_unavailable, false, said(*answer)};
    }
    co_return Refused{wave::to_failure(wave::read_complaint(answer->body).code), true,
                      said(*answer)};
}

// A 5xx is no proof either way, but the search is: a session that it does not show has no payer,
// since nobody was given its address.
Task<StartAnswer> Wave::adopt_or_refuse(PaymentId payment_id, std::string why, Deadline deadline) {
    const QueryAnswer found = co_await search(payment_id, deadline);
    if (std::holds_alternative<NotFound>(found)) {
        co_return Refused{FailureCode::provider_unavailable, false, std::move(why)};
    }
    const Status* status = std::get_if<Status>(&found);
    if (status != nullptr && status->session) co_return *status->session;
    co_return Unknown{std::move(why)};
}

Task<QueryAnswer> Wave::query(const Attempt& attempt, Wait wait) {
    return query_by(attempt, std::chrono::steady_clock::now() + wait);
}

Task<QueryAnswer> Wave::query_by(const Attempt& attempt, Deadline deadline) {
    if (attempt.provider_ref.empty()) co_return co_await search(attempt.payment_id, deadline);
    const Answer answer =
        co_await send({"GET", "/checkout/sessions/" + attempt.provider_ref, {}, {}}, deadline);
    if (!answer) co_return Unknown{answer.error().text};
    if (answer->status == 404) {
        // It was there once. Only the search by our own reference is asked again; an empty result
        // does not unmake the session.
        QueryAnswer found = co_await search(attempt.payment_id, deadline);
        if (std::holds_alternative<NotFound>(found)) co_return Unknown{said(*answer)};
        co_return found;
    }
    const auto session = succeeded(*answer) ? session_in(*answer) : std::nullopt;
    if (!session) co_return Unknown{said(*answer)};
    co_return wave::to_status(*session);
}

Task<QueryAnswer> Wave::search(PaymentId payment_id, Deadline deadline) {
    const std::string reference = payment_id.to_string();
    const Answer answer = co_await send(
        {"GET", "/checkout/sessions/search?client_reference=" + reference, {}, {}}, deadline);
    if (!answer) co_return Unknown{answer.error().text};
    auto sessions = succeeded(*answer) ? wave::read_search(answer->body) : std::nullopt;
    if (!sessions) co_return Unknown{said(*answer)};
    std::erase_if(*sessions, [&](const wave::Session& session) {
        return session.client_reference != reference;
    });
    const wave::Session* session = wave::most_telling(*sessions);
    if (session == nullptr) co_return NotFound{};
    co_return wave::to_status(*session);
}

Task<CloseAnswer> Wave::close(const Attempt& attempt, Wait wait) {
    const Deadline deadline = std::chrono::steady_clock::now() + wait;
    std::string provider_ref = attempt.provider_ref;
    if (provider_ref.empty()) {
        const QueryAnswer found = co_await search(attempt.payment_id, deadline);
        if (std::holds_alternative<NotFound>(found)) co_return Closed{};
        if (const auto* unknown = std::get_if<Unknown>(&found)) co_return *unknown;
        provider_ref = std::get<Status>(found).provider_ref;
    }
    const Answer answer =
        co_await send({"POST", "/checkout/sessions/" + provider_ref + "/expire", {}, {}}, deadline);
    if (!answer) co_return Unknown{answer.error().text};
    if (succeeded(*answer) || answer->status == 404) co_return Closed{};
    if (answer->status != 409) co_return Unknown{said(*answer)};
    // It is complete or expired already; which of the two matters.
    const QueryAnswer found = co_await query_by(
        {attempt.payment_id, provider_ref, attempt.method, attempt.amount}, deadline);
    const Status* status = std::get_if<Status>(&found);
    if (status == nullptr || status->state == ProviderState::init) co_return Unknown{said(*answer)};
    if (status->state == ProviderState::failed) co_return Closed{};
    co_return *status;
}

Task<RefundAnswer> Wave::refund(const RefundOrder& order, Wait wait) {
    if (!order.whole || order.provider_ref.empty()) co_return RefundUnsupported{};
    const Deadline deadline = std::chrono::steady_clock::now() + wait;
    const Answer answer = co_await send(
        {"POST", "/checkout/sessions/" + order.provider_ref + "/refund", {}, {}}, deadline);
    if (!answer) co_return Unknown{answer.error().text};
    if (succeeded(*answer)) co_return RefundDone{};
    // What concerns our key or our pace passes; the refund stays due at Wave.
    if (is_inconclusive(answer->status) || is_about_us(answer->status)) {
        co_return Unknown{said(*answer)};
    }
    const wave::Complaint complaint = wave::read_complaint(answer->body);
    co_return RefundRefused{complaint.code, complaint.text()};
}

Task<RefundAnswer> Wave::query_refund(const RefundOrder& order, Wait wait) {
    return refund(order, wait);
}

VerifyAnswer Wave::verify(const http::Request& request, UtcTime now, Seconds tolerance) {
    switch (wave::check_signature(request.header("Wave-Signature"), request.body,
                                  options_.webhook_secrets, now, tolerance)) {
        case wave::Signature::invalid: return BadSignature{};
        case wave::Signature::stale: return Stale{};
        case wave::Signature::valid: break;
    }
    auto event = wave::read_event(request.body);
    if (!event) return Malformed{std::move(event.error())};
    if (event->type == wave::test_event_type) return Ping{};
    std::vector<ProviderEvent> events;
    events.push_back(std::move(*event));
    return events;
}

}  // namespace taama::payments
