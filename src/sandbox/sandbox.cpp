#include "sandbox/sandbox.hpp"

#include "platform/timer.hpp"
#include "sandbox/control_routes.hpp"
#include "sandbox/inbox_routes.hpp"
#include "sandbox/wave_routes.hpp"

namespace taama::sandbox {

namespace {

// How late a webhook may be at most, beside its own delay.
constexpr std::chrono::milliseconds interval{50};
// A provider's patience with an answer to its webhook.
constexpr std::chrono::milliseconds webhook_timeout{5'000};

struct Outgoing {
    std::uint64_t id;
    http_client::Request request;
};

std::optional<Outgoing> take_webhook(Sandbox& sandbox, std::string_view session_id) {
    const UtcTime now = sandbox.clock().now();
    return sandbox.with([&](Sandbox::State& state) -> std::optional<Outgoing> {
        auto delivery = state.wave_book->take_due(now, session_id);
        if (!delivery) return std::nullopt;
        http_client::Request request;
        request.method = "POST";
        request.url = sandbox.options().wave_webhook_url;
        request.headers = {{"Content-Type", "application/json"},
                           {"Wave-Signature", state.wave_api->sign(*delivery, now)}};
        request.body = std::move(delivery->body);
        request.timeout = webhook_timeout;
        return Outgoing{delivery->id, std::move(request)};
    });
}

}  // namespace

Sandbox::Sandbox(Options options, Clock& clock) : options_(std::move(options)), clock_(clock) {
    reset(1);
}

void Sandbox::reset(std::int64_t seed) {
    with([&](State& state) {
        const std::string launch_url_base = options_.public_url + "/sandbox/pay/wave";
        state.seed = seed;
        state.trace = {};
        state.wave_book = std::make_unique<wave::Book>(seed, launch_url_base, state.trace);
        state.wave_api =
            std::make_unique<wave::Api>(*state.wave_book, options_.wave, launch_url_base);
    });
}

Task<> deliver_due(Sandbox& sandbox, http_client::Client& client, std::string session_id) {
    while (auto outgoing = take_webhook(sandbox, session_id)) {
        const auto answer = co_await client.send(std::move(outgoing->request));
        const bool accepted = answer && answer->status >= 200 && answer->status < 300;
        const UtcTime now = sandbox.clock().now();
        sandbox.with(
            [&](Sandbox::State& state) { state.wave_book->settle(outgoing->id, accepted, now); });
    }
}

Task<> run(Sandbox& sandbox, http_client::Client& client) {
    while (true) {
        co_await deliver_due(sandbox, client);
        co_await sleep_for(interval);
    }
}

void register_routes(http::Operations& operations, const Deps& deps) {
    register_wave_routes(operations, deps);
    register_control_routes(operations, deps);
    register_inbox_routes(operations, deps);
}

}  // namespace taama::sandbox
