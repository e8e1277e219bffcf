#pragma once

// The operations of identity on a real database, called as the edge calls them.

#include <gtest/gtest.h>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/json/value.hpp>

#include "modules/identity/authenticator.hpp"
#include "modules/identity/deps.hpp"
#include "modules/identity/revoked_sessions.hpp"
#include "modules/identity/sign_in.hpp"
#include "platform/http/routes.hpp"
#include "platform/timer.hpp"
#include "tests/support/database.hpp"

namespace taama::test {

inline const UtcTime bench_start = *parse_utc_time("2026-10-02T08:00:00Z");

// Everything that Deps refers to. The clock stands at bench_start + `shift`.
class IdentityBench {
public:
    explicit IdentityBench(pg::Db& on) : db(on) { context.now = bench_start; }
    IdentityBench(const IdentityBench&) = delete;

    pg::Db& db;
    Clock clock;
    settings::Current settings;
    crypto::Sealer sealer{crypto::SealerKeys{}};
    identity::Secrets secrets{sealer};
    crypto::TokenSigner token_signer{"http://localhost",
                                     crypto::TokenKey::of(std::string(32, 'k'))};
    WorkPool work_pool{2};
    identity::RevokedSessions revoked_sessions;
    files::Urls file_urls{"http://localhost", std::string(32, 'u')};
    TimeZone zone;
    identity::Deps deps{.db = db,
                        .clock = clock,
                        .settings = settings,
                        .secrets = secrets,
                        .token_signer = token_signer,
                        .work_pool = work_pool,
                        .revoked_sessions = revoked_sessions,
                        .file_urls = file_urls,
                        .zone = zone,
                        .public_url = "http://localhost",
                        .country = "CI",
                        .modules = {"carpool"},
                        .permissions_of = {},
                        .dev_mode = true};
    http::Request request = [] {
        http::Request r;
        r.remote_ip = "10.0.0.7";
        r.header = [](std::string_view) { return std::string_view{}; };
        return r;
    }();
    http::Context context{.request = request,
                          .request_id = {},
                          .language = Language::fr,
                          .now = {},
                          .caller = {},
                          .idempotency_key = {},
                          .path_values = {},
                          .response_headers = {},
                          .operation = {}};

    http::Context context_at(UtcTime now) const {
        http::Context other = context;
        other.now = now;
        return other;
    }
};

// A request body as a client writes it.
template <class T>
http::Body<T> body(std::string_view text) {
    json::Problems problems;
    static const json::ReadContext context{};
    json::Reader reader{context, problems};
    http::Body<T> out{};
    json::Codec<T>::read(reader, json::parse(text).value(), out.value);
    if (!problems.empty()) throw Refusal{errors::validation_error, problems.in(Language::en)};
    return out;
}

// What the edge does around an operation with a transaction: returns the refusal's code, or "".
template <class Operation>
Task<std::string> in_transaction(pg::Db& db, Operation operation) {
    std::optional<std::string> refused;
    pg::Tx tx = co_await db.begin();
    try {
        co_await operation(tx);
    } catch (const Refusal& refusal) {
        if (!refusal.keeps_effects()) co_return std::string{refusal.code().code};
        refused = std::string{refusal.code().code};
    }
    co_await tx.commit();
    co_return refused.value_or("");
}

// Runs them all at once and waits; counts how often each answered what.
inline Task<std::map<std::string, int>> together(std::vector<Task<std::string>> tasks) {
    struct State {
        std::size_t left;
        std::map<std::string, int> answers;
        std::exception_ptr failure;
        Timer done;
    };
    const auto executor = co_await asio::this_coro::executor;
    const auto state = std::make_shared<State>(State{tasks.size(), {}, nullptr, Timer{executor}});
    state->done.expires_at(Timer::time_point::max());
    for (auto& task : tasks)
        asio::co_spawn(executor, std::move(task),
                       [state](std::exception_ptr failure, std::string answer) {
                           if (failure) state->failure = failure;
                           ++state->answers[answer];
                           if (--state->left == 0) state->done.cancel();
                       });
    boost::system::error_code cancelled;
    if (state->left > 0) co_await state->done.async_wait(asio::redirect_error(use_task, cancelled));
    if (state->failure) std::rethrow_exception(state->failure);
    co_return state->answers;
}

// The latest code that was asked for, unsealed from its event.
Task<std::string> latest_code(const IdentityBench& bench);
// One number of one row.
Task<std::int64_t> scalar(pg::Db& db, const pg::Sql& sql);

}  // namespace taama::test
