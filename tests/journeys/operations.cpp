// What the process says of itself, its documents, and how it ends (platform contract, 2).

#include <gtest/gtest.h>
#include <signal.h>

#include <regex>
#include <thread>

#include "tests/journeys/deals.hpp"

namespace taama::test {
namespace {

using namespace std::chrono_literals;
namespace json = boost::json;

TEST(Health, LiveReadyAndVersion_S2_008) {
    auto http = shared_server().client();
    EXPECT_EQ(http.get("/health/live").status, 200);
    const Response ready = http.get("/health/ready");
    EXPECT_EQ(ready.status, 200) << ready.brief();
    EXPECT_TRUE(ready.body.contains("\"ready\""));
    for (const char* check : {"database", "migrations", "jobs", "storage"})
        EXPECT_TRUE(ready.body.contains('"' + std::string{check} + '"')) << check;
    EXPECT_EQ(http.get("/health").status, 200);
    const Response version = http.get("/version");
    EXPECT_EQ(version.status, 200);
    EXPECT_TRUE(version.body.contains("api_version"));
    EXPECT_TRUE(version.text("/data/built_at").ends_with("Z")) << version.brief();
}

TEST(Metrics, CountRequests_S4_053) {
    auto http = shared_server().client();
    http.get("/api/v1/auth/config");
    const Response metrics = http.get("/metrics");
    ASSERT_EQ(metrics.status, 200);
    EXPECT_TRUE(metrics.header("Content-Type").starts_with("text/plain"));
    for (const char* name :
         {"http_requests_total", "http_request_duration_seconds_bucket", "http_requests_in_flight",
          "ledger_imbalance", "outbox_pending", "jobs_dead", "build_info"})
        EXPECT_TRUE(metrics.body.contains(name)) << name;
    EXPECT_FALSE(metrics.body.contains("00000000-0000")) << "routes, not paths, are labels";
}

TEST(Documents, OpenApiSaysWhatIsServed_S1_198) {
    auto& server = shared_server();
    auto http = server.client();
    const Response document = http.get("/api/v1/openapi.json");
    ASSERT_EQ(document.status, 200);
    EXPECT_TRUE(document.text("/openapi").starts_with("3.1"));
    EXPECT_EQ(http.get("/version").body.contains(document.text("/info/version")), true);
    EXPECT_FALSE(document.body.contains("/sandbox/")) << "dev mode is not in it";
    EXPECT_FALSE(document.body.contains("/dev/"));
    for (const char* path :
         {"/api/v1/trips", "/api/v1/bookings", "/api/v1/payments/init", "/api/v1/auth/register"})
        EXPECT_NE(server.validator().find("POST", path), nullptr) << path;
    for (const auto& operation : server.validator().operations())
        EXPECT_TRUE(operation.spec->contains("summary") &&
                    !operation.spec->at("summary").as_string().empty())
            << operation.method << ' ' << operation.path;
}

TEST(Documents, SwaggerUiLoadsNothingFromOtherHosts_S3_004) {
    auto http = shared_server().client();
    for (const char* page : {"/docs", "/api/docs"}) {
        const Response html = http.get(page);
        ASSERT_EQ(html.status, 200) << page;
        EXPECT_TRUE(html.header("Content-Type").starts_with("text/html"));
        static const std::regex reference{R"re((?:src|href)\s*=\s*"([^"]*)")re"};
        for (std::sregex_iterator it{html.body.begin(), html.body.end(), reference}, end; it != end;
             ++it) {
            const std::string target = (*it)[1];
            EXPECT_FALSE(target.contains("//")) << target;
            if (!target.starts_with('#') && !target.starts_with("data:"))
                EXPECT_EQ(http.get(target.starts_with('/') ? target : "/docs/" + target).status,
                          200)
                    << target;
        }
        EXPECT_FALSE(html.header("Content-Security-Policy").contains("http"));
    }
}

TEST(DevMode, MessagesCanBeEmptied) {
    auto& server = shared_server();
    Person person = sign_up(server);
    EXPECT_GE(messages_to(server, person.phone).size(), 1U);
    auto http = server.client();
    EXPECT_EQ(http.get("/dev/inbox").status, 200);
    const auto begin = std::chrono::steady_clock::now();
    EXPECT_EQ(
        http.get("/api/v1/dev/messages?to=" + encode(unique_phone()) + "&wait=1").items().size(),
        0U);
    EXPECT_GE(std::chrono::steady_clock::now() - begin, 900ms) << "it waits for one";
}

TEST(Drain, RequestsInFlightFinishAndReadinessGoesRedFirst) {
    ServerProcess server;
    Person person = sign_up(server);
    auto watcher = server.unchecked_client();
    watcher.get("/health/ready");

    // Waits for a message inside the server while it is told to stop.
    Response in_flight;
    std::jthread slow{[&] {
        auto http = server.unchecked_client();
        http.never_repeat();
        in_flight = http.get("/api/v1/dev/messages?to=" + encode(unique_phone()) + "&wait=3");
    }};
    eventually("the slow request runs", 5s, [&] {
        const std::string text = watcher.get("/metrics").body;
        return std::regex_search(text, std::regex{R"re(http_requests_in_flight\S* [2-9])re"});
    });
    server.signal(SIGTERM);
    bool red = false;
    const auto deadline = std::chrono::steady_clock::now() + 10s;
    try {
        while (!red && std::chrono::steady_clock::now() < deadline)
            red = watcher.get("/health/ready").status == 503;
    } catch (const boost::system::system_error&) {  // the listener is closed already
    }
    EXPECT_TRUE(red) << "readiness answers 503 before the listener goes away";
    slow.join();
    EXPECT_EQ(in_flight.status, 200) << in_flight.brief();
    EXPECT_EQ(server.wait(15s), 0);
}

TEST(Start, SecondOneIsQuickAndKeepsEverything) {
    ServerProcess server;
    Person driver = make_driver(server);
    const std::string trip = publish(server, driver);
    server.stop();
    const auto took = server.start();
    EXPECT_LE(took, 2s);
    auto http = server.client();
    EXPECT_EQ(http.get("/api/v1/trips/" + trip).status, 200);
    EXPECT_EQ(http.get("/api/v1/me", driver.bearer()).status, 200) << "tokens outlive a restart";
}

TEST(Commands, CheckThemselves) {
    auto& server = shared_server();
    for (const std::vector<std::string>& command : {std::vector<std::string>{"check-sql"},
                                                    {"check-ledger", "--full", "--json"},
                                                    {"config"},
                                                    {"openapi"}}) {
        const CommandResult result = server.run(command);
        EXPECT_EQ(result.exit_code, 0) << command[0] << ": " << result.output;
        EXPECT_FALSE(result.output.contains(ServerProcess::webhook_secret)) << command[0];
    }
    EXPECT_NE(server.run({"no-such-command"}).exit_code, 0);
}

}  // namespace
}  // namespace taama::test
