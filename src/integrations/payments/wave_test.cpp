#include "integrations/payments/wave.hpp"

#include <gtest/gtest.h>

#include "tests/support/database.hpp"
#include "tests/support/http_peer.hpp"

namespace taama::payments {
namespace {

constexpr std::string_view session_body =
    R"({"id":"cos-1","amount":"6000","currency":"XOF","client_reference":"PAY","transaction_id":"T1",)"
    R"("checkout_status":"complete","payment_status":"succeeded",)"
    R"("wave_launch_url":"https://pay.wave.com/c/cos-1","when_expires":"2026-10-02T09:00:00Z"})";

// Wave with one key that it knows; a question about a session, and the keys it was asked with.
struct Asked {
    bool answered = false;
    std::vector<std::string> keys;
};

Task<Asked> ask(asio::io_context& io, std::string known_key, std::vector<std::string> our_keys) {
    test::HttpPeer peer{
        io, [&](const std::string& request) {
            if (test::request_header(request, "Authorization") == "Bearer " + known_key)
                return test::http_answer("200 OK", "", session_body);
            return test::http_answer("401 Unauthorized", "", R"({"code":"no-matching-api-key"})");
        }};
    http_client::Client client{io, {.origins = {peer.origin()}}};
    const Clock clock;
    Wave wave{{.base_url = peer.origin(),
               .api_keys = std::move(our_keys),
               .request_secret = {},
               .webhook_secrets = {}},
              client,
              clock};
    const QueryAnswer answer = co_await wave.query({.payment_id = PaymentId::make(),
                                                    .provider_ref = "cos-1",
                                                    .method = Method::wave,
                                                    .amount = {6000, Currency::XOF}},
                                                   5s);
    Asked asked{.answered = std::holds_alternative<Status>(answer), .keys = {}};
    for (const std::string& request : peer.requests())
        asked.keys.push_back(test::request_header(request, "Authorization").substr(7));
    peer.close();
    co_return asked;
}

TEST(Wave, ReplacedKeyIsTriedWhereTheNewOneIsRefused) {
    struct Case {
        const char* name;
        std::string known;
        std::vector<std::string> ours;
        bool answered;
        std::vector<std::string> asked_with;
    };
    const Case cases[] = {
        {"the new key is in force", "new", {"new", "old"}, true, {"new"}},
        {"not yet", "old", {"new", "old"}, true, {"new", "old"}},
        {"neither", "other", {"new", "old"}, false, {"new", "old"}},
    };
    for (const Case& c : cases) {
        SCOPED_TRACE(c.name);
        const Asked asked =
            test::run_task([&](asio::io_context& io) { return ask(io, c.known, c.ours); });
        EXPECT_EQ(asked.answered, c.answered);
        EXPECT_EQ(asked.keys, c.asked_with);
    }
}

}  // namespace
}  // namespace taama::payments
