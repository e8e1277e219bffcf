#include "platform/http_client/client.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "tests/support/http_peer.hpp"

namespace taama::http_client {
namespace {

using namespace std::chrono_literals;
using Peer = test::HttpPeer;

using Result = std::expected<Response, TransportError>;

class HttpClient : public testing::Test {
protected:
    // Sends the requests one after the other and returns what came of each.
    std::vector<Result> send(Client& client, std::vector<Request> requests) {
        std::vector<Result> results;
        asio::co_spawn(io, send_each(client, std::move(requests), results),
                       [this](const std::exception_ptr& failure) {
                           EXPECT_EQ(failure, nullptr);
                           io.stop();
                       });
        io.run();
        io.restart();
        return results;
    }

    static Task<> send_each(Client& client, std::vector<Request> requests,
                            std::vector<Result>& results) {
        for (Request& request : requests) {
            results.push_back(co_await client.send(std::move(request)));
        }
    }

    asio::io_context io;
};

TEST_F(HttpClient, TellsOfCallsThatNameAProvider) {
    Peer peer{io, [](const std::string& request) {
                  return test::http_answer(request.starts_with("GET /busy") ? "503 Busy" : "200 OK",
                                           "", "");
              }};
    std::vector<std::string> told;
    telemetry::Facts facts;
    facts.watch("provider.called", [&](const telemetry::Details& details) {
        EXPECT_GE(details.at("seconds").as_double(), 0);
        told.push_back(fmt::format("{} {}", details.at("provider").as_string().c_str(),
                                   details.at("result").as_string().c_str()));
    });
    Client client{io, {.origins = {peer.origin(), "http://127.0.0.1:1"}, .facts = &facts}};
    send(client, {{.url = peer.origin() + "/", .provider = "wave"},
                  {.url = peer.origin() + "/busy", .provider = "wave"},
                  {.url = peer.origin() + "/"},
                  {.url = "http://127.0.0.1:1/", .provider = "wave"},
                  {.url = "http://elsewhere.test/", .provider = "wave"}});
    EXPECT_EQ(told, (std::vector<std::string>{"wave 2xx", "wave 5xx", "wave connect",
                                              "wave not_allowed"}));
}

TEST_F(HttpClient, SendsMethodHeadersAndBody) {
    Peer peer{io, [](const std::string&) {
                  return test::http_answer("201 Created", "X-One: 1\r\nx-two:  b \r\n",
                                           "{\"ok\":true}");
              }};
    Client client{io, {.origins = {peer.origin()}}};
    const auto results = send(
        client, {{.method = "POST",
                  .url = peer.origin() + "/v1/things?a=b",
                  .headers = {{"Content-Type", "application/json"}, {"Idempotency-Key", "k-1"}},
                  .body = "{\"n\":1}"}});
    ASSERT_EQ(results.size(), 1U);
    ASSERT_TRUE(results[0]) << results[0].error().text;
    EXPECT_EQ(results[0]->status, 201);
    EXPECT_EQ(results[0]->body, "{\"ok\":true}");
    EXPECT_EQ(results[0]->header("X-Two"), "b");
    EXPECT_EQ(results[0]->header("absent"), "");
    ASSERT_EQ(peer.requests().size(), 1U);
    const std::string& sent = peer.requests()[0];
    EXPECT_TRUE(sent.starts_with("POST /v1/things?a=b HTTP/1.1\r\n"));
    EXPECT_NE(sent.find("Idempotency-Key: k-1\r\n"), std::string::npos);
    EXPECT_EQ(sent.find("Expect:"), std::string::npos);
    EXPECT_TRUE(sent.ends_with("\r\n\r\n{\"n\":1}"));
}

TEST_F(HttpClient, KeepsConnectionsAlive) {
    Peer peer{io, [](const std::string&) { return test::http_answer("200 OK", "", "x"); }};
    Client client{io, {.origins = {peer.origin()}}};
    const std::vector<Request> three(3, Request{.url = peer.origin() + "/"});
    EXPECT_EQ(send(client, three).size(), 3U);
    EXPECT_EQ(peer.requests().size(), 3U);
    EXPECT_EQ(peer.connections(), 1);
}

TEST_F(HttpClient, RunsRequestsSideBySide) {
    // Nobody gets an answer before all have asked.
    int waiting = 0;
    Peer slow{io, [](const std::string&) { return std::nullopt; }};
    Peer quick{io, [&](const std::string&) {
                   return test::http_answer("200 OK", "", std::to_string(++waiting));
               }};
    Client client{io, {.origins = {slow.origin(), quick.origin()}}};
    std::vector<Result> stuck;
    asio::co_spawn(io, send_each(client, {{.url = slow.origin() + "/"}}, stuck), asio::detached);
    const auto results =
        send(client, {{.url = quick.origin() + "/"}, {.url = quick.origin() + "/"}});
    EXPECT_EQ(results[1]->body, "2");
    EXPECT_TRUE(stuck.empty());
}

TEST_F(HttpClient, DoesNotFollowRedirects) {
    Peer elsewhere{io, [](const std::string&) { return test::http_answer("200 OK", "", ""); }};
    Peer peer{io, [&](const std::string&) {
                  return test::http_answer("302 Found", "Location: " + elsewhere.origin() + "/\r\n",
                                           "");
              }};
    Client client{io, {.origins = {peer.origin(), elsewhere.origin()}}};
    const auto results = send(client, {{.url = peer.origin() + "/"}});
    ASSERT_TRUE(results[0]);
    EXPECT_EQ(results[0]->status, 302);
    EXPECT_EQ(elsewhere.connections(), 0);
}

TEST_F(HttpClient, SpeaksOnlyToItsOrigins) {
    Peer peer{io, [](const std::string&) { return test::http_answer("200 OK", "", ""); }};
    Client client{io, {.origins = {"https://api.example.com", "http://example.com:8080"}}};
    const std::string port = peer.origin().substr(std::string{"http://127.0.0.1:"}.size());
    for (const std::string& url :
         {peer.origin() + "/", std::string{"http://api.example.com/"},
          std::string{"ftp://example.com:8080/"}, std::string{"https://api.example.com:444/"},
          "https://api.example.com@127.0.0.1:" + port + "/", std::string{"file:///etc/passwd"},
          std::string{"/relative"}, std::string{}}) {
        SCOPED_TRACE(url);
        const auto results = send(client, {{.url = url}});
        ASSERT_FALSE(results[0]);
        EXPECT_EQ(results[0].error().kind, FailureKind::not_allowed);
        EXPECT_FALSE(results[0].error().maybe_sent);
    }
    EXPECT_EQ(peer.connections(), 0);
}

TEST_F(HttpClient, TellsAPeerThatNeverAnswersFromOneThatIsAway) {
    Peer silent{io, [](const std::string&) { return std::nullopt; }};
    Peer gone{io, [](const std::string&) { return std::nullopt; }};
    const std::string gone_origin = gone.origin();
    gone.close();
    Client client{io, {.origins = {silent.origin(), gone_origin}}};
    const auto results =
        send(client, {{.url = silent.origin() + "/", .timeout = 50ms}, {.url = gone_origin + "/"}});
    ASSERT_FALSE(results[0]);
    EXPECT_EQ(results[0].error().kind, FailureKind::timeout);
    EXPECT_TRUE(results[0].error().maybe_sent);
    ASSERT_FALSE(results[1]);
    EXPECT_EQ(results[1].error().kind, FailureKind::connect);
    EXPECT_FALSE(results[1].error().maybe_sent);
}

TEST_F(HttpClient, LimitsTheBody) {
    Peer peer{io, [](const std::string&) {
                  return test::http_answer("200 OK", "", std::string(100, 'x'));
              }};
    Client client{io, {.origins = {peer.origin()}}};
    const auto results = send(client, {{.url = peer.origin() + "/", .max_response_bytes = 99},
                                       {.url = peer.origin() + "/", .max_response_bytes = 100}});
    ASSERT_FALSE(results[0]);
    EXPECT_EQ(results[0].error().kind, FailureKind::too_large);
    EXPECT_TRUE(results[0].error().maybe_sent);
    ASSERT_TRUE(results[1]);
    EXPECT_EQ(results[1]->body.size(), 100U);
}

TEST_F(HttpClient, ReportsHalfAnAnswerAndNoise) {
    const std::string half = "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc";
    for (const std::string& answer : {half, std::string{"\x16\x03\x01 what?\r\n\r\n"}}) {
        int served = 0;
        Peer peer{io, [&](const std::string&) { return served++ == 0 ? answer : std::string{}; }};
        Client client{io, {.origins = {peer.origin()}}};
        const auto results = send(client, {{.url = peer.origin() + "/", .timeout = 200ms}});
        ASSERT_FALSE(results[0]);
        EXPECT_TRUE(results[0].error().maybe_sent);
        EXPECT_TRUE(results[0].error().kind == FailureKind::timeout ||
                    results[0].error().kind == FailureKind::broken);
    }
}

// A kept-alive connection that dies under a request must not make the client send it twice.
TEST_F(HttpClient, NeverRepeatsAPostByItself) {
    for (const std::string& body : {std::string{"pay"}, std::string{}}) {
        SCOPED_TRACE(body);
        Peer peer{io, [&, posts = 0](const std::string& request) mutable {
                      const bool post = request.starts_with("POST");
                      return post && posts++ == 0 ? std::string{}
                                                  : test::http_answer("200 OK", "", "");
                  }};
        Client client{io, {.origins = {peer.origin()}}};
        const auto results =
            send(client, {{.url = peer.origin() + "/"},
                          {.method = "POST", .url = peer.origin() + "/", .body = body}});
        ASSERT_TRUE(results[0]);
        ASSERT_FALSE(results[1]);
        EXPECT_EQ(results[1].error().kind, FailureKind::broken);
        EXPECT_TRUE(results[1].error().maybe_sent);
        EXPECT_EQ(peer.requests().size(), 2U);
    }
}

TEST_F(HttpClient, EndsWhatRunsWhenItIsDestroyed) {
    Peer silent{io, [](const std::string&) { return std::nullopt; }};
    std::vector<Result> results;
    {
        Client client{io, {.origins = {silent.origin()}}};
        asio::co_spawn(io, send_each(client, {{.url = silent.origin() + "/"}}, results),
                       asio::detached);
        while (silent.requests().empty()) io.run_one();
    }
    while (results.empty()) io.run_one();
    ASSERT_FALSE(results[0]);
    EXPECT_EQ(results[0].error().kind, FailureKind::broken);
}

}  // namespace
}  // namespace taama::http_client
