#include "sandbox/wave_routes.hpp"

#include <fmt/format.h>

#include "platform/http/routes.hpp"
#include "platform/text/html.hpp"
#include "platform/timer.hpp"
#include "sandbox/sandbox.hpp"

namespace taama::sandbox {

namespace {

constexpr std::string_view prefix = "/sandbox/wave";
constexpr std::string_view page_policy =
    "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; base-uri 'none'";

// --- the provider's interface --------------------------------------------------------------------

wave::Request to_wave(const http::Request& request) {
    return {.method = std::string{http::to_string(request.method)},
            .path = request.path.substr(prefix.size()),
            .raw_query = request.raw_query,
            .query = [&request](
                         std::string_view name) { return std::string{request.query_value(name)}; },
            .authorization = std::string{request.header("Authorization")},
            .idempotency_key = std::string{request.header("Idempotency-Key")},
            .signature = std::string{request.header("Wave-Signature")},
            .body = request.body};
}

Task<http::Raw> call_wave(const Deps& deps, http::Public, const http::Request& request) {
    const UtcTime now = deps.sandbox.clock().now();
    wave::Answer answer = deps.sandbox.with(
        [&](Sandbox::State& state) { return state.wave_api->answer(to_wave(request), now); });
    if (!answer.webhooks_first.empty()) {
        co_await deliver_due(deps.sandbox, deps.client, answer.webhooks_first);
    }
    if (answer.delay.count() > 0) co_await sleep_for(answer.delay);
    co_return http::Raw{.status = answer.status,
                        .body = std::move(answer.body),
                        .headers = std::move(answer.headers)};
}

// --- the payer's page ----------------------------------------------------------------------------

std::string grouped(std::int64_t amount) {
    std::string digits = fmt::to_string(amount);
    for (std::size_t i = digits.size(); i > 3; i -= 3) digits.insert(i - 3, " ");
    return digits;
}

std::string choices(const wave::Session& session) {
    std::string forms;
    for (const auto& [act, label] : {std::pair{"pay", "Payer"}, std::pair{"cancel", "Refuser"}}) {
        forms += fmt::format(
            "<form method=\"post\" action=\"/sandbox/pay/wave/{}\"><input type=\"hidden\" "
            "name=\"act\" "
            "value=\"{}\"><button class=\"{}\">{}</button></form>",
            text::escape_html(session.id), act, act, label);
    }
    return forms;
}

std::string outcome(const wave::Session& session) {
    const auto back = [](std::string_view text, const std::string& url) {
        return fmt::format("<p>{}</p><p><a href=\"{}\">Retour au marchand</a></p>", text,
                           text::escape_html(url));
    };
    switch (session.checkout_status) {
        case wave::CheckoutStatus::complete:
            return back("Paiement effectué.", session.order.success_url);
        case wave::CheckoutStatus::expired:
            return back("Cette demande de paiement a expiré.", session.order.error_url);
        case wave::CheckoutStatus::open: break;
    }
    const bool refused = session.payment_status == wave::PaymentStatus::cancelled;
    return (refused ? "<p>Le dernier essai n'a pas abouti. Vous pouvez recommencer.</p>" : "") +
           choices(session);
}

std::string page(const wave::Session& session) {
    const std::string amount =
        session.order.currency == "XOF"
            ? grouped(session.order.amount) + " FCFA"
            : fmt::format("{} {}", session.order.amount, session.order.currency);
    return fmt::format(
        "<!doctype html><html lang=\"fr\"><head><meta charset=\"utf-8\">"
        "<meta name=\"viewport\" content=\"width=device-width\"><title>Wave (simulation)</title>"
        "<style>body{{font:1.1rem system-ui,sans-serif;max-width:24rem;margin:2rem auto;padding:0 "
        "1rem;"
        "text-align:center}}.sum{{font-size:2rem;font-weight:600}}button{{font:inherit;width:100%;"
        "padding:.8rem;margin:.3rem 0;border:1px solid #999;border-radius:.5rem;background:#fff}}"
        "button.pay{{background:#1dc4ff;border-color:#1dc4ff}}small{{color:#666}}</style></"
        "head><body>"
        "<h1>Taama</h1><p class=\"sum\">{}</p>{}<p><small>Simulation de Wave. Aucun argent ne "
        "bouge."
        "<br>{}</small></p></body></html>",
        amount, outcome(session), text::escape_html(session.order.client_reference));
}

http::Raw html(std::string body) {
    return {.content_type = "text/html; charset=utf-8",
            .body = std::move(body),
            .headers = {{"Content-Security-Policy", std::string{page_policy}}}};
}

Task<http::Raw> show_payment(const Deps& deps, http::Public, http::Path<std::string> ref) {
    const UtcTime now = deps.sandbox.clock().now();
    co_return html(deps.sandbox.with([&](Sandbox::State& state) {
        const wave::Session* session = state.wave_book->find(*ref, now);
        if (session == nullptr) throw Refusal{errors::not_found};
        return page(*session);
    }));
}

Task<http::Raw> decide_payment(const Deps& deps, http::Public, http::Path<std::string> ref,
                               const http::Request& request) {
    const UtcTime now = deps.sandbox.clock().now();
    const bool pays = request.body == "act=pay";
    if (!pays && request.body != "act=cancel") throw Refusal{errors::bad_request};
    deps.sandbox.with([&](Sandbox::State& state) {
        wave::Session* session = state.wave_book->find(*ref, now);
        if (session == nullptr) throw Refusal{errors::not_found};
        state.wave_book->perform(pays ? wave::Act::pay : wave::Act::cancel, *session, now);
    });
    // Loading the page again must not send the form again.
    co_return http::Raw{.status = 303,
                        .content_type = "text/html; charset=utf-8",
                        .headers = {{"Location", "/sandbox/pay/wave/" + *ref}}};
}

}  // namespace

void register_wave_routes(http::Operations& operations, const Deps& deps) {
    http::Routes<Deps> routes{operations, "sandbox", deps};
    const auto at = [](std::string_view path) { return std::string{prefix} + std::string{path}; };
    const auto wire = [](http::Route route) { route.at_root().hidden().key_ignored(); };
    wire(routes.post(at("/v1/checkout/sessions"), call_wave));
    wire(routes.get(at("/v1/checkout/sessions"), call_wave));
    wire(routes.get(at("/v1/checkout/sessions/search"), call_wave));
    wire(routes.get(at("/v1/checkout/sessions/{id}"), call_wave));
    wire(routes.post(at("/v1/checkout/sessions/{id}/expire"), call_wave));
    wire(routes.post(at("/v1/checkout/sessions/{id}/refund"), call_wave));
    wire(routes.post(at("/v1/transactions/{id}/refund"), call_wave));
    wire(routes.get(at("/v1/transactions"), call_wave));
    wire(routes.get(at("/v1/balance"), call_wave));
    wire(routes.get("/sandbox/pay/wave/{ref}", show_payment));
    wire(routes.post("/sandbox/pay/wave/{ref}", decide_payment));
}

}  // namespace taama::sandbox
