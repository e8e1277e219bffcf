#include "sandbox/wave_api.hpp"

#include <gtest/gtest.h>

#include <random>

#include "platform/json/node.hpp"

namespace taama::sandbox::wave {
namespace {

using namespace std::chrono_literals;

constexpr UtcTime t0 = UtcTime{std::chrono::sys_days{std::chrono::year{2026} / 10 / 2}};

struct Wave {
    explicit Wave(std::int64_t seed = 1, Credentials credentials = {})
        : book(seed, "http://s/pay", trace), api(book, std::move(credentials), "http://s/pay") {}

    Answer call(std::string method, std::string path, std::string body = {}, UtcTime now = t0,
                std::string key = {}) {
        const std::size_t mark = std::min(path.find('?'), path.size());
        const std::string query = path.substr(std::min(mark + 1, path.size()));
        return api.answer(
            {.method = std::move(method),
             .path = path.substr(0, mark),
             .raw_query = query,
             .query =
                 [query](std::string_view name) {
                     const std::size_t at = query.find(std::string{name} + "=");
                     return at == std::string::npos ? "" : query.substr(at + name.size() + 1);
                 },
             .authorization = authorization,
             .idempotency_key = std::move(key),
             .signature = signature,
             .body = std::move(body)},
            now);
    }
    Answer start(std::string_view amount, std::string_view phone = {},
                 std::string_view reference = {}, std::string key = {}) {
        std::string body = fmt::format(
            R"({{"amount":"{}","currency":"XOF","success_url":"https://a","error_url":"https://b")",
            amount);
        if (!phone.empty()) body += fmt::format(R"(,"restrict_payer_mobile":"{}")", phone);
        if (!reference.empty()) body += fmt::format(R"(,"client_reference":"{}")", reference);
        return call("POST", "/v1/checkout/sessions", body + "}", t0, std::move(key));
    }
    static std::string field(const Answer& answer, std::string_view name) {
        const auto root = json::parse(answer.body);
        const json::Node* member = root ? root->find(name) : nullptr;
        return member == nullptr ? "" : member->text;
    }

    std::string authorization = "Bearer wave_ci_sandbox_key";
    std::string signature;
    Trace trace;
    Book book;
    Api api;
};

TEST(WaveApi, Authentication) {
    Wave wave;
    for (const auto& [authorization, code] :
         {std::pair{"", "missing-auth-header"}, std::pair{"Basic x", "invalid-auth"},
          std::pair{"Bearer wave_ci_other", "no-matching-api-key"}}) {
        wave.authorization = authorization;
        const Answer answer = wave.start("1500");
        EXPECT_EQ(answer.status, 401);
        EXPECT_EQ(Wave::field(answer, "code"), code);
    }
    EXPECT_TRUE(wave.book.all().empty());
    EXPECT_EQ(wave.api.calls().size(), 3U);
}

TEST(WaveApi, RequestSignature) {
    Wave wave{1, {.request_secret = "wave_sn_AKS_0000fakerequestsecret0000"}};
    EXPECT_EQ(Wave::field(wave.call("GET", "/v1/balance"), "code"), "missing-signature");
    // The published vector of a request without body.
    wave.signature =
        "t=1750000000,v1=9a60cb4eba1aa32a6da7a3b88af5bb14c8ec2413db2f473f0afca362ab611244";
    EXPECT_EQ(wave.call("GET", "/v1/balance").status, 200);
    wave.signature.back() = '5';
    EXPECT_EQ(Wave::field(wave.call("GET", "/v1/balance"), "code"), "invalid-auth");
}

TEST(WaveApi, WebhookSignature) {
    Wave wave{1, {.webhook_secret = "wave_sn_WHS_0000fakewebhooksecret0000"}};
    Delivery delivery;
    delivery.body =
        R"({"id":"EV_QvEZuDSQbLdI","type":"checkout.session.completed","data":{"id":"cos-18qq25rgr100a","amount":"1500","checkout_status":"complete","client_reference":"ORD-0001","currency":"XOF","payment_status":"succeeded","transaction_id":"TCN4Y4ZC3FM"}})";
    EXPECT_EQ(wave.api.sign(delivery, UtcTime{1'750'000'000s}),
              "t=1750000000,v1=36de09ffc7c20a016a38914639a6a9d2691df7f93c68ae0089028cf0177438d0");
    delivery.distortion.time_offset = -301s;
    EXPECT_TRUE(wave.api.sign(delivery, UtcTime{1'750'000'000s}).starts_with("t=1749999699,v1="));
}

TEST(WaveApi, RefusesWhatWaveRefuses) {
    Wave wave;
    const std::string good = R"("success_url":"https://a","error_url":"https://b")";
    const std::pair<std::string, const char*> cases[] = {
        {"{", "request-not-json"},
        {"[]", "request-parsing-error"},
        {R"({"amount":1500,"currency":"XOF",)" + good + "}", "request-validation-error"},
        {R"({"amount":"01500","currency":"XOF",)" + good + "}", "request-validation-error"},
        {R"({"amount":"0","currency":"XOF",)" + good + "}", "request-validation-error"},
        {R"({"amount":"15.5","currency":"XOF",)" + good + "}", "request-validation-error"},
        {R"({"amount":"-5","currency":"XOF",)" + good + "}", "request-validation-error"},
        {R"({"amount":"1500","currency":"EUR",)" + good + "}", "currency-mismatch"},
        {R"({"amount":"1500","currency":"XOF"})", "request-validation-error"},
        {R"({"amount":"1500","currency":"XOF","override_business_name":"x",)" + good + "}",
         "request-validation-error"},
    };
    for (const auto& [body, code] : cases) {
        SCOPED_TRACE(body);
        const Answer answer = wave.call("POST", "/v1/checkout/sessions", body);
        EXPECT_EQ(answer.status, 400);
        EXPECT_EQ(Wave::field(answer, "code"), code);
    }
    EXPECT_EQ(Wave::field(wave.call("GET", "/v1/checkout/sessions/cos-none"), "code"),
              "checkout-session-not-found");
    EXPECT_EQ(wave.call("GET", "/v1/payout").status, 404);
}

TEST(WaveApi, KeyAnswersTheFirstSession) {
    Wave wave;
    const std::string first = Wave::field(wave.start("1500", "", "r", "key"), "id");
    EXPECT_EQ(Wave::field(wave.start("1500", "", "r", "key"), "id"), first);
    EXPECT_EQ(Wave::field(wave.start("1501", "", "r", "key"), "code"), "idempotency-mismatch");
    // The reference is not unique there: another key, another session.
    EXPECT_NE(Wave::field(wave.start("1500", "", "r", "other"), "id"), first);
    const auto found =
        json::parse(wave.call("GET", "/v1/checkout/sessions/search?client_reference=r").body);
    EXPECT_EQ(found->find("result")->items.size(), 2U);
}

TEST(WaveApi, SessionsEndAfterThirtyMinutes) {
    Wave wave;
    const std::string path = "/v1/checkout/sessions/" + Wave::field(wave.start("1500"), "id");
    const auto status = [&](UtcTime now) {
        return Wave::field(wave.call("GET", path, {}, now), "checkout_status");
    };
    EXPECT_EQ(status(t0 + 30min - 1us), "open");
    EXPECT_EQ(status(t0 + 30min), "expired");
    EXPECT_EQ(wave.call("POST", path + "/expire", {}, t0 + 31min).status, 409);
    EXPECT_EQ(wave.call("POST", path + "/refund", {}, t0 + 31min).status, 409);
    EXPECT_EQ(
        wave.book.perform(Act::pay, *wave.book.find_by_id(path.substr(22), t0 + 31min), t0 + 31min),
        Book::Ended::not_now);
}

TEST(WaveApi, ControlActs) {
    Wave wave;
    const auto session = [&] {
        return wave.book.find_by_id(Wave::field(wave.start("1500"), "id"), t0);
    };
    Session* refused = session();
    EXPECT_EQ(wave.book.perform(Act::cancel, *refused, t0), Book::Ended::done);
    EXPECT_EQ(refused->checkout_status, CheckoutStatus::open);
    EXPECT_EQ(refused->payment_status, PaymentStatus::cancelled);
    EXPECT_EQ(wave.book.perform(Act::fail, *refused, t0), Book::Ended::done);
    EXPECT_EQ(refused->error_code, "insufficient-funds");
    // A failed attempt is no failed session.
    EXPECT_EQ(wave.book.perform(Act::pay, *refused, t0), Book::Ended::done);
    EXPECT_EQ(wave.book.perform(Act::pay, *refused, t0), Book::Ended::done);
    EXPECT_EQ(wave.book.balance(), 1500);
    EXPECT_EQ(wave.book.entries().size(), 1U);
    EXPECT_EQ(wave.book.perform(Act::expire, *refused, t0), Book::Ended::not_now);
    EXPECT_EQ(wave.book.perform(Act::chargeback, *refused, t0), Book::Ended::not_now);
    EXPECT_EQ(wave.book.perform(Act::expire, *session(), t0), Book::Ended::done);
}

TEST(WaveApi, AutomaticPayersAndQuietWebhooks) {
    Wave wave;
    wave.book.set_behaviour({Auto::pay, 5s, false});
    const std::string id = Wave::field(wave.start("1500"), "id");
    EXPECT_EQ(wave.book.find_by_id(id, t0 + 4s)->payment_status, PaymentStatus::processing);
    EXPECT_EQ(wave.book.find_by_id(id, t0 + 5s)->payment_status, PaymentStatus::succeeded);
    EXPECT_FALSE(wave.book.take_due(t0 + 1h));
    wave.book.set_behaviour({Auto::fail, 0s, true});
    const std::string other = Wave::field(wave.start("1500"), "id");
    EXPECT_EQ(wave.book.find_by_id(other, t0)->payment_status, PaymentStatus::cancelled);
    EXPECT_EQ(wave.book.take_due(t0)->type, "checkout.session.payment_failed");
}

TEST(WaveApi, ResendingTheWebhook) {
    Wave wave;
    Session* session = wave.book.find_by_id(Wave::field(wave.start("1500"), "id"), t0);
    wave.book.perform(Act::pay, *session, t0);
    const auto first = wave.book.take_due(t0);
    wave.book.settle(first->id, true, t0);
    wave.book.resend(*session, {.repeat = 2, .delay = 10s, .distortion = {}, .wrong_amount = true},
                     t0);
    EXPECT_FALSE(wave.book.take_due(t0));
    const auto again = wave.book.take_due(t0 + 10s);
    ASSERT_TRUE(again);
    EXPECT_EQ(again->event_id, first->event_id);
    EXPECT_NE(again->body.find("\"amount\":\"1600\""), std::string::npos);
    EXPECT_TRUE(wave.book.take_due(t0 + 10s));
    EXPECT_FALSE(wave.book.take_due(t0 + 10s));
}

// Money that the statement tells of, money on the wallet and money of paid sessions are one sum.
void expect_books_agree(Wave& wave) {
    std::int64_t entries = 0;
    std::int64_t paid = 0;
    for (const auto& entry : wave.book.entries()) {
        if (entry.currency == "XOF") entries += entry.amount;
    }
    for (const Session* session : wave.book.all()) {
        if (session->completed_at && !session->refunded && session->currency == "XOF") {
            paid += session->amount;
        }
    }
    EXPECT_EQ(entries, wave.book.balance());
    EXPECT_EQ(paid, wave.book.balance());
}

TEST(WaveApi, TraceIsThatOfTheSeedInAnyOrder) {
    const std::vector<ProbableFault> faults = {
        {Fault::start_5xx, 0.1, {}},       {Fault::start_timeout_created, 0.1, {}},
        {Fault::webhook_lost, 0.2, {}},    {Fault::webhook_duplicate, 0.2, {}},
        {Fault::amount_wrong, 0.1, {}},    {Fault::success_after_expiry, 0.1, {}},
        {Fault::pending_forever, 0.1, {}}, {Fault::query_404_first, 0.2, {}}};
    struct Payer {
        std::string phone;
        int amount;
    };
    std::vector<Payer> payers;
    for (int i = 0; i < 20; ++i) {
        payers.push_back({i % 2 == 0 ? "" : fmt::format("+22507{:08}", i), 1000 + 100 * i});
    }
    std::mt19937 random{7};
    std::set<std::string> hashes_of_seeds;
    for (const std::int64_t seed : {1, 2, 3}) {
        std::set<std::string> hashes;
        for (int round = 0; round < 100; ++round) {
            Wave wave{seed};
            wave.book.faults().set_probable(faults);
            wave.book.set_behaviour({Auto::pay, 2s, true});
            std::ranges::shuffle(payers, random);
            // Each pays twice, and a start that failed is repeated with its reference.
            for (int k = 0; k < 2; ++k) {
                for (const Payer& payer : payers) {
                    const std::string amount = fmt::to_string(payer.amount);
                    const std::string reference = fmt::format("{}-{}-{}", payer.phone, amount, k);
                    const Answer answer = wave.start(amount, payer.phone, reference, reference);
                    if (answer.status >= 500) wave.start(amount, payer.phone, reference, reference);
                }
            }
            wave.book.advance(t0 + 1min);
            wave.book.advance(t0 + 2h);
            expect_books_agree(wave);
            hashes.insert(wave.trace.hash());
        }
        EXPECT_EQ(hashes.size(), 1U) << "seed " << seed;
        hashes_of_seeds.insert(hashes.begin(), hashes.end());
    }
    EXPECT_EQ(hashes_of_seeds.size(), 3U);
}

}  // namespace
}  // namespace taama::sandbox::wave
