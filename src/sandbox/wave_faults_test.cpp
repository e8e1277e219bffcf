// Every fault of the sandbox over a real connection, as the platform's own client of Wave sees it.

#include <gtest/gtest.h>
#include <boost/url/parse.hpp>
#include <boost/url/url_view.hpp>

#include "integrations/payments/wave.hpp"
#include "sandbox/sandbox.hpp"
#include "tests/support/http_peer.hpp"

namespace taama::sandbox {
namespace {

using namespace std::chrono_literals;
using payments::Closed;
using payments::Intent;
using payments::NotFound;
using payments::PaymentId;
using payments::Refused;
using payments::Started;
using payments::Status;
using payments::Unknown;

constexpr UtcTime t0 = UtcTime{std::chrono::sys_days{std::chrono::year{2026} / 10 / 2} + 8h};

class WaveFaults : public testing::Test {
protected:
    WaveFaults()
        : merchant{io, [this](const std::string& raw) { return receive(raw); }},
          server{io, [this](const std::string& raw) { return serve(raw); }},
          sandbox{{.public_url = "http://sandbox.test",
                   .wave_webhook_url = merchant.origin() + "/api/v1/payments/webhook/wave",
                   .wave = {}},
                  clock},
          client{io, {.origins = {merchant.origin(), server.origin()}}},
          wave{{.base_url = server.origin(),
                .api_keys = {wave::Credentials{}.api_key},
                .request_secret = {},
                .webhook_secrets = {wave::Credentials{}.webhook_secret}},
               client,
               clock} {
        clock.set(t0);
    }

    template <class T>
    T run(Task<T> task) {
        std::optional<T> result;
        asio::co_spawn(io, keep(std::move(task), result),
                       [this](const std::exception_ptr& failure) {
                           EXPECT_EQ(failure, nullptr);
                           io.stop();
                       });
        io.run();
        io.restart();
        return std::move(*result);
    }
    template <class T>
    static Task<> keep(Task<T> task, std::optional<T>& result) {
        result = co_await std::move(task);
    }
    static Task<bool> deliver(Sandbox& sandbox, http_client::Client& client) {
        co_await deliver_due(sandbox, client);
        co_return true;
    }

    static Intent intent(const std::string& phone, std::int64_t amount = 12'000) {
        return {.payment_id = PaymentId::make(),
                .method = payments::Method::wave,
                .amount = {amount, Currency::XOF},
                .payer_phone = phone.empty() ? std::nullopt : std::optional{phone},
                .return_url = "http://localhost/return",
                .description = "PAY-TEST",
                .pay_before = t0 + 30min};
    }
    static Intent by_fault(int number) { return intent(fmt::format("+22507000090{:02}", number)); }

    std::string start(const Intent& intent, payments::Wait wait = 2s) {
        const auto answer = run(wave.start(intent, wait));
        if (const auto* started = std::get_if<Started>(&answer)) {
            provider_ref = started->provider_ref;
            EXPECT_EQ(started->redirect_url,
                      "http://sandbox.test/sandbox/pay/wave/" + provider_ref);
            EXPECT_LE(std::chrono::abs(started->expires_at - clock.now() - 30min), 2s);
            return "started";
        }
        if (const auto* refused = std::get_if<Refused>(&answer)) {
            return fmt::format("refused {}{}", boost::describe::enum_to_string(refused->code, ""),
                               refused->final ? " for good" : "");
        }
        return "unknown";
    }

    // By the session's id when the start told it, else by our reference.
    std::string query(const Intent& intent) {
        const auto answer =
            run(wave.query({intent.payment_id, provider_ref, intent.method, intent.amount}, 2s));
        if (std::holds_alternative<NotFound>(answer)) return "not found";
        if (std::holds_alternative<Unknown>(answer)) return "unknown";
        status = std::get<Status>(answer);
        return boost::describe::enum_to_string(status.state, "");
    }

    std::string close(const Intent& intent) {
        const auto answer =
            run(wave.close({intent.payment_id, provider_ref, intent.method, intent.amount}, 2s));
        if (std::holds_alternative<Closed>(answer)) return "closed";
        if (std::holds_alternative<Unknown>(answer)) return "unknown";
        return boost::describe::enum_to_string(std::get<Status>(answer).state, "");
    }

    // The webhooks that arrive within `time`, in order, as the merchant judges them.
    std::vector<std::string> webhooks_after(Seconds time) {
        received.clear();
        clock.advance(time);
        run(deliver(sandbox, client));
        return received;
    }

    void arm(Fault fault, FaultParams params = {}) {
        sandbox.with([&](Sandbox::State& state) {
            state.wave_book->faults().arm({.fault = fault, .params = std::move(params)});
        });
    }

    std::int64_t balance() {
        return sandbox.with([](Sandbox::State& state) { return state.wave_book->balance(); });
    }

    std::optional<std::string> serve(const std::string& raw) {
        const std::string target = test::request_target(raw);
        const auto url = boost::urls::parse_origin_form(target).value();
        const wave::Request request{.method = test::request_method(raw),
                                    .path = std::string{url.path()},
                                    .raw_query = std::string{url.query()},
                                    .query =
                                        [&](std::string_view name) {
                                            const auto found = url.params().find(name);
                                            return found == url.params().end()
                                                       ? std::string{}
                                                       : std::string{(*found).value};
                                        },
                                    .authorization = test::request_header(raw, "Authorization"),
                                    .idempotency_key = test::request_header(raw, "Idempotency-Key"),
                                    .signature = test::request_header(raw, "Wave-Signature"),
                                    .body = test::request_body(raw)};
        const auto answer = sandbox.with(
            [&](Sandbox::State& state) { return state.wave_api->answer(request, clock.now()); });
        if (answer.delay > 0ms) return std::nullopt;
        std::string headers;
        for (const auto& [name, value] : answer.headers) headers += name + ": " + value + "\r\n";
        return test::http_answer(fmt::format("{} X", answer.status), headers, answer.body);
    }

    std::optional<std::string> receive(const std::string& raw) {
        http::Request request;
        request.body = test::request_body(raw);
        const std::string signature = test::request_header(raw, "Wave-Signature");
        request.header = [&](std::string_view) -> std::string_view { return signature; };
        const auto verdict = wave.verify(request, clock.now(), 300s);
        if (std::holds_alternative<payments::BadSignature>(verdict)) {
            received.push_back("bad signature");
            return test::http_answer("401 X", "", "");
        }
        if (std::holds_alternative<payments::Stale>(verdict)) {
            received.push_back("stale");
            return test::http_answer("401 X", "", "");
        }
        const auto& event = std::get<std::vector<payments::ProviderEvent>>(verdict).at(0);
        std::string told = boost::describe::enum_to_string(event.status->state, "");
        if (event.provider_ref != provider_ref && !provider_ref.empty()) told += " of a stranger";
        if (event.status->amount_minor != 12'000 || event.status->currency != "XOF") {
            told += fmt::format(" {} {}", *event.status->amount_minor, event.status->currency);
        }
        received.push_back(told);
        keys.push_back(event.key);
        return test::http_answer(merchant_is_up ? "200 OK" : "503 Away", "", "");
    }

    using Strings = std::vector<std::string>;

    asio::io_context io;
    Clock clock;
    Strings received;
    Strings keys;
    bool merchant_is_up = true;
    std::string provider_ref;
    Status status;
    test::HttpPeer merchant;
    test::HttpPeer server;
    Sandbox sandbox;
    http_client::Client client;
    payments::Wave wave;
};

TEST_F(WaveFaults, NothingPaysByItself) {
    const Intent plain = intent("");
    EXPECT_EQ(start(plain), "started");
    EXPECT_EQ(webhooks_after(60s), Strings{});
    EXPECT_EQ(query(plain), "init");
    ASSERT_TRUE(status.session);
    EXPECT_EQ(status.session->provider_ref, provider_ref);
    EXPECT_EQ(webhooks_after(1740s), Strings{});
    EXPECT_EQ(query(plain), "failed");
    EXPECT_EQ(status.failure, payments::FailureCode::expired);
    EXPECT_EQ(balance(), 0);
}

TEST_F(WaveFaults, Webhooks_01_to_09) {
    struct Case {
        int number;
        Strings at_once;
        Strings later;  // within the next 120 s
        std::string query;
    };
    const Case cases[] = {
        {0, {"paid"}, {}, "paid"},
        {1, {}, {"paid"}, "paid"},
        {2, {}, {}, "paid"},
        {3, {"paid", "paid", "paid"}, {}, "paid"},
        {4, {"paid"}, {"init"}, "paid"},
        {5, {"bad signature"}, {}, "paid"},
        {6, {"stale"}, {}, "paid"},
        {7, {"bad signature"}, {}, "init"},
        {9, {"paid of a stranger", "paid"}, {}, "paid"},
    };
    for (const Case& c : cases) {
        SCOPED_TRACE(c.number);
        const Intent intent = by_fault(c.number);
        const std::int64_t before = balance();
        EXPECT_EQ(start(intent), "started");
        EXPECT_EQ(webhooks_after(0s), c.at_once);
        EXPECT_EQ(query(intent), c.query);
        EXPECT_EQ(webhooks_after(120s), c.later);
        EXPECT_EQ(balance() - before, c.query == "paid" ? 12'000 : 0);
    }
}

TEST_F(WaveFaults, DuplicatesAreOneEvent_03) {
    start(by_fault(3));
    webhooks_after(0s);
    EXPECT_EQ(std::set(keys.begin(), keys.end()).size(), 1U);
}

TEST_F(WaveFaults, WebhookBeforeAnswer_08) {
    const auto answer = sandbox.with([&](Sandbox::State& state) {
        return state.wave_api->answer({.method = "POST",
                                       .path = "/v1/checkout/sessions",
                                       .raw_query = {},
                                       .query = [](std::string_view) { return std::string{}; },
                                       .authorization = "Bearer " + wave::Credentials{}.api_key,
                                       .idempotency_key = "k",
                                       .signature = {},
                                       .body = payments::wave::checkout_body(by_fault(8))},
                                      clock.now());
    });
    EXPECT_EQ(answer.status, 200);
    ASSERT_FALSE(answer.webhooks_first.empty());
    EXPECT_NE(answer.body.find("\"checkout_status\":\"open\""), std::string::npos);
    provider_ref = answer.webhooks_first;
    EXPECT_EQ(webhooks_after(0s), Strings{"paid"});
    EXPECT_EQ(balance(), 12'000);
}

TEST_F(WaveFaults, WrongAmountAndCurrency_10_11) {
    Intent intent = by_fault(10);
    start(intent);
    EXPECT_EQ(webhooks_after(0s), Strings{"paid 11900 XOF"});
    EXPECT_EQ(query(intent), "paid");
    EXPECT_EQ(status.amount_minor, 11'900);
    EXPECT_EQ(balance(), 11'900);

    intent = by_fault(11);
    start(intent);
    EXPECT_EQ(webhooks_after(0s), Strings{"paid 12000 GHS"});
    EXPECT_EQ(query(intent), "paid");
    EXPECT_EQ(status.currency, "GHS");
    EXPECT_EQ(balance(), 11'900);  // no franc came in
}

TEST_F(WaveFaults, Starts_12_to_20) {
    struct Case {
        int number;
        std::string start;
        std::string query;  // by our reference, afterwards
        std::string start_again;
    };
    const Case cases[] = {
        {12, "unknown", "paid",
         "unknown"},  // the same key answers the first session, which is paid
        {13, "unknown", "not found", "started"},
        {14, "refused provider_unavailable", "not found", "started"},
        {15, "refused provider_refused for good", "not found", "started"},
        {17, "unknown", "paid", "unknown"},
        {18, "unknown", "paid", "unknown"},
        {19, "unknown", "not found", "started"},
        {20, "started", "paid", "unknown"},
    };
    for (const Case& c : cases) {
        SCOPED_TRACE(c.number);
        provider_ref.clear();
        const Intent intent = by_fault(c.number);
        EXPECT_EQ(start(intent, 200ms), c.start);
        provider_ref.clear();
        clock.advance(15s);
        EXPECT_EQ(query(intent), c.query);
        EXPECT_EQ(start(intent), c.start_again);
    }
    // One session for each reference, however often it was started.
    const auto sessions =
        sandbox.with([](Sandbox::State& state) { return state.wave_book->all().size(); });
    EXPECT_EQ(sessions, std::size(cases));
}

TEST_F(WaveFaults, NobodyPaysBeforeTheAnswer_12_17) {
    for (const int number : {12, 17}) {
        SCOPED_TRACE(number);
        provider_ref.clear();
        const Intent intent = by_fault(number);
        EXPECT_EQ(start(intent, 200ms), "unknown");
        EXPECT_EQ(query(intent), "init");  // and is adopted
        EXPECT_EQ(webhooks_after(15s), Strings{"paid"});
    }
}

TEST_F(WaveFaults, HalfABodyIsUnknown_18) {
    arm(Fault::half_body);
    const Intent plain = intent("");
    EXPECT_EQ(start(plain), "unknown");
    EXPECT_EQ(query(plain), "init");
    EXPECT_TRUE(status.session);  // and is adopted
}

TEST_F(WaveFaults, TooManyRequests_16) {
    arm(Fault::http_429, {.numbers = {{"retry_after", 0}}, .currency = {}});
    EXPECT_EQ(start(intent("")), "started");
    arm(Fault::http_429, {.numbers = {{"retry_after", 60}}, .currency = {}});
    EXPECT_EQ(start(intent("")), "refused provider_unavailable");
}

TEST_F(WaveFaults, QueryFindsNothingAtFirst_21) {
    const Intent intent = by_fault(21);
    EXPECT_EQ(start(intent), "started");
    // The session is there for sure, so the search that follows a 404 has found it.
    EXPECT_EQ(query(intent), "paid");

    arm(Fault::query_404_first, {.numbers = {{"n", 2}}, .currency = {}});
    const Intent twice = WaveFaults::intent("");
    EXPECT_EQ(start(twice), "started");
    EXPECT_EQ(query(twice), "unknown");
    EXPECT_EQ(query(twice), "init");
}

TEST_F(WaveFaults, PendingForEver_22) {
    const Intent intent = by_fault(22);
    EXPECT_EQ(start(intent), "started");
    EXPECT_EQ(webhooks_after(24h), Strings{});
    EXPECT_EQ(query(intent), "init");
    EXPECT_EQ(close(intent), "closed");
    EXPECT_EQ(query(intent), "init");
}

TEST_F(WaveFaults, SuccessAfterExpiry_23) {
    const Intent intent = by_fault(23);
    EXPECT_EQ(start(intent), "started");
    EXPECT_EQ(webhooks_after(1801s), Strings{});
    EXPECT_EQ(query(intent), "failed");
    EXPECT_EQ(webhooks_after(600s), Strings{"paid"});
    EXPECT_EQ(query(intent), "paid");
    EXPECT_EQ(balance(), 12'000);
}

TEST_F(WaveFaults, FlipsFromPaidToFailed_24) {
    const Intent intent = by_fault(24);
    EXPECT_EQ(start(intent), "started");
    EXPECT_EQ(webhooks_after(0s), Strings{"paid"});
    EXPECT_EQ(webhooks_after(2s), Strings{"failed"});
    EXPECT_EQ(query(intent), "failed");
    EXPECT_EQ(balance(), 12'000);
}

TEST_F(WaveFaults, BothAttemptsArePaid_25) {
    const Intent first = by_fault(25);
    EXPECT_EQ(start(first), "started");
    EXPECT_EQ(webhooks_after(10s), Strings{});
    EXPECT_EQ(close(first), "closed");
    const Intent second = by_fault(25);
    const std::string first_ref = provider_ref;
    EXPECT_EQ(start(second), "started");
    EXPECT_EQ(webhooks_after(0s), Strings{"paid"});
    provider_ref = first_ref;
    EXPECT_EQ(webhooks_after(2s), Strings{"paid"});
    EXPECT_EQ(query(first), "paid");
    EXPECT_EQ(balance(), 24'000);
}

TEST_F(WaveFaults, CloseTellsWhatHappenedInstead) {
    const Intent paid = by_fault(2);
    start(paid);
    EXPECT_EQ(close(paid), "paid");

    const Intent open = intent("");
    start(open);
    provider_ref.clear();  // the answer to the start was lost
    EXPECT_EQ(close(open), "closed");
    EXPECT_EQ(close(open), "closed");
    EXPECT_EQ(query(open), "failed");

    provider_ref.clear();
    EXPECT_EQ(close(intent("")), "closed");  // nothing was there
}

TEST_F(WaveFaults, Refunds) {
    const auto refund = [&](const Intent& intent, bool whole = true) {
        return run(wave.refund({.refund_id = payments::RefundId::make(),
                                .payment_id = intent.payment_id,
                                .provider_ref = provider_ref,
                                .provider_txn_id = {},
                                .amount = intent.amount,
                                .whole = whole},
                               200ms));
    };
    const Intent paid = by_fault(0);
    start(paid);
    EXPECT_TRUE(std::holds_alternative<payments::RefundUnsupported>(refund(paid, false)));
    EXPECT_TRUE(std::holds_alternative<payments::RefundDone>(refund(paid)));
    EXPECT_TRUE(std::holds_alternative<payments::RefundDone>(refund(paid)));  // once, said twice
    EXPECT_EQ(balance(), 0);

    const Intent refused = by_fault(26);
    start(refused);
    const auto answer = refund(refused);
    ASSERT_TRUE(std::holds_alternative<payments::RefundRefused>(answer));
    EXPECT_EQ(std::get<payments::RefundRefused>(answer).code, "checkout-refund-failed");
    EXPECT_EQ(balance(), 12'000);

    const Intent late = by_fault(28);
    start(late);
    EXPECT_TRUE(std::holds_alternative<Unknown>(refund(late)));
    EXPECT_TRUE(std::holds_alternative<payments::RefundDone>(refund(late)));
    EXPECT_EQ(balance(), 12'000);
}

TEST_F(WaveFaults, WebhooksAreRepeatedUntilAccepted) {
    merchant_is_up = false;
    start(by_fault(0));
    EXPECT_EQ(webhooks_after(0s), Strings{"paid"});
    EXPECT_EQ(webhooks_after(0s), Strings{});
    EXPECT_EQ(webhooks_after(1s), Strings{"paid"});
    EXPECT_EQ(webhooks_after(4s), Strings{});
    merchant_is_up = true;
    EXPECT_EQ(webhooks_after(1s), Strings{"paid"});
    EXPECT_EQ(webhooks_after(24h), Strings{});
    EXPECT_EQ(std::set(keys.begin(), keys.end()).size(), 1U);
}

TEST_F(WaveFaults, AnAbsentProviderCreatedNothing) {
    const Intent plain = intent("");
    server.close();
    EXPECT_EQ(start(plain), "refused provider_unavailable");
    EXPECT_EQ(query(plain), "unknown");
    EXPECT_EQ(close(plain), "unknown");
}

}  // namespace
}  // namespace taama::sandbox
