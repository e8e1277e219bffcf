#pragma once

// The outside services, simulated over real HTTP for development and tests: what a provider
// answers, what it calls back, what it gets wrong. Registered in dev mode only.
//
// One Sandbox serves all threads of the server; a lock guards its state, which is small and
// short-lived.

#include <memory>
#include <mutex>
#include <string>

#include "platform/http_client/client.hpp"
#include "platform/task.hpp"
#include "platform/time/time.hpp"
#include "sandbox/inbox.hpp"
#include "sandbox/trace.hpp"
#include "sandbox/wave_api.hpp"
#include "sandbox/wave_book.hpp"

namespace taama::http {
class Operations;
}

namespace taama::sandbox {

struct Options {
    std::string public_url;  // where a browser reaches this server: "http://127.0.0.1:8080"
    // Where Wave's webhooks go: "<server>/api/v1/payments/webhook/wave".
    std::string wave_webhook_url;
    wave::Credentials wave;
};

class Sandbox {
public:
    // The clock is the program's own: PUT /sandbox/clock moves it.
    Sandbox(Options options, Clock& clock);

    // What `use` is lent is its own while it runs; it must not wait for anything.
    struct State {
        std::int64_t seed = 1;
        Trace trace;
        std::unique_ptr<wave::Book> wave_book;
        std::unique_ptr<wave::Api> wave_api;
    };
    template <class Use>
    auto with(Use use) {
        const std::lock_guard lock{mutex_};
        return use(state_);
    }

    void reset(std::int64_t seed);
    Clock& clock() { return clock_; }
    const Options& options() const { return options_; }

private:
    Options options_;
    Clock& clock_;
    std::mutex mutex_;
    State state_;
};

// Sends the webhooks that are due, of one Wave session only if it is named.
Task<> deliver_due(Sandbox& sandbox, http_client::Client& client, std::string session_id = {});

// Lets the simulated time pass: delivers webhooks as they fall due, until the task is cancelled.
// May run on several threads, each with its own client; then deliveries overlap.
Task<> run(Sandbox& sandbox, http_client::Client& client);

// One per thread of the server.
struct Deps {
    Sandbox& sandbox;
    Inbox& inbox;
    http_client::Client& client;
};

// Providers' interfaces, payer's page, control endpoints, inbox.
void register_routes(http::Operations& operations, const Deps& deps);

}  // namespace taama::sandbox
