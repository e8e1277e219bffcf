// The server under TLS, as its configuration asks for it.

#include <gtest/gtest.h>

#include <fstream>

#include "tests/journeys/deals.hpp"
#include "tests/support/self_signed.hpp"

namespace taama::test {
namespace {

using namespace std::chrono_literals;
namespace json = boost::json;

class Tls : public testing::Test {
protected:
    Tls() {
        const SelfSigned own = make_self_signed();
        write("certificate.pem", own.certificate);
        write("key-of-tls.pem", own.key);
        write("other-key.pem", make_self_signed().key);
    }
    void write(const std::string& name, const std::string& text) const {
        std::ofstream{directory_.path() / name} << text;
    }
    std::map<std::string, std::string> files(const std::string& certificate,
                                             const std::string& key) const {
        return {{"TAAMA_TLS_CERTIFICATE", (directory_.path() / certificate).string()},
                {"TAAMA_TLS_KEY", (directory_.path() / key).string()}};
    }
    std::map<std::string, std::string> good_files() const {
        return files("certificate.pem", "key-of-tls.pem");
    }

    TemporaryDirectory directory_;
};

TEST_F(Tls, RequestsSocketsAndDrain) {
    ServerProcess server{{.environment = good_files()}};
    auto http = server.client();
    http.never_repeat();  // all on one connection
    for (int i = 0; i < 3; ++i) {
        const Response answer = http.get("/health/live");
        EXPECT_EQ(answer.status, 200);
        EXPECT_TRUE(answer.has_header("Strict-Transport-Security"));
    }
    const std::string large(200'000, 'x');
    EXPECT_EQ(http.post("/api/v1/auth/login", json::object{{"phone", large}}).status, 422);

    const std::string plain =
        HttpClient::raw_exchange(server.endpoint(), "GET / HTTP/1.1\r\nHost: x\r\n\r\n", 5000ms);
    EXPECT_FALSE(plain.contains("HTTP/")) << plain;
    EXPECT_EQ(http.get("/health/live").status, 200);

    Person driver = make_driver(server);
    const std::string trip = publish(server, driver);
    Person passenger = sign_up(server);
    const std::string booking = paid_booking(server, passenger, trip);
    auto socket = server.socket("/ws/bookings/" + booking, passenger.bearer());
    ASSERT_TRUE(socket.receive("ready", 5000ms));
    EXPECT_EQ(driver.http
                  .post("/api/v1/bookings/" + booking + "/messages",
                        json::object{{"content", "J'arrive"}})
                  .status,
              201);
    EXPECT_TRUE(socket.receive("message", 5000ms));

    server.signal(SIGTERM);
    EXPECT_EQ(socket.wait_for_close(5000ms), 1001);
    EXPECT_EQ(server.wait(20'000ms), 0);
    const std::string log = server.log();
    EXPECT_FALSE(log.contains("key-of-tls")) << "paths of secrets";
    EXPECT_FALSE(log.contains("PRIVATE KEY"));
    EXPECT_FALSE(log.contains("\"level\":\"error\"")) << log;
}

TEST_F(Tls, FilesThatDoNotFitStopTheStart) {
    auto& server = shared_server();
    const std::pair<const char*, const char*> cases[] = {
        {"missing.pem", "key-of-tls.pem"},
        {"certificate.pem", "missing.pem"},
        {"key-of-tls.pem", "key-of-tls.pem"},
        {"certificate.pem", "other-key.pem"},
    };
    for (const auto& [certificate, key] : cases) {
        auto environment = files(certificate, key);
        const TemporaryDirectory data;
        environment["TAAMA_DATA_DIR"] = data.path().string();
        const CommandResult result = server.run({"serve", "--port", "0", "--unsafe"}, environment);
        EXPECT_NE(result.exit_code, 0) << certificate << key;
        EXPECT_TRUE(result.output.contains("http.tls_")) << result.output;
        EXPECT_FALSE(result.output.contains(".pem")) << result.output;
    }
}

}  // namespace
}  // namespace taama::test
