#include "platform/ws/session.hpp"

#include "platform/http/edge_test_world.hpp"
#include "platform/http/server.hpp"
#include "platform/loop_thread.hpp"
#include "tests/support/websocket_client.hpp"

namespace taama::ws {
namespace {

constexpr std::chrono::milliseconds patience{5000};

struct Deps {};

Frame frame(std::string type, int n, std::string replaces = {}) {
    return {.type = std::move(type),
            .id = std::to_string(n),
            .at = {},
            .data = {},
            .replaces = std::move(replaces)};
}

// Does what the peer says, until it goes.
Task<void> obey(const Deps&, http::User, Connected& connected) {
    Socket& socket = *connected.socket;
    while (const auto message = co_await socket.receive()) {
        const std::string& type = message->type;
        if (type == "echo")
            socket.send({.type = "echoed",
                         .id = {},
                         .at = {},
                         .data = boost::json::serialize(message->data)});
        if (type == "positions") {
            socket.send(frame("begin", 0));
            for (int n = 1; n <= 300; ++n) socket.send(frame("position", n, "driver"));
            socket.send(frame("other", 1, "passenger"));
            socket.send(frame("end", 0));
        }
        if (type == "flood")
            for (int n = 0; n < message->data.at("frames").as_int64(); ++n)
                socket.send(frame("drop", n));
        if (type == "large")
            for (int n = 0; n < 2; ++n)
                socket.send({.type = "l",
                             .id = {},
                             .at = {},
                             .data = '"' + std::string(std::size_t{600} << 10, 'x') + '"'});
        if (type == "since")
            socket.send({.type = std::string{connected.since()}, .id = {}, .at = {}, .data = {}});
        if (type == "fail") throw std::runtime_error("a defect");
        if (type == "return") co_return;
    }
}
Task<void> find(const Deps&, http::User, Connected&, http::Path<FileId>) {
    throw Refusal{errors::not_found};
    co_return;
}

class SocketSession : public testing::Test {
protected:
    SocketSession() {
        thread_.call([this] {
            parts_ = std::make_unique<Parts>(thread_.io());
            http::ServerOptions options{.address = "127.0.0.1"};
            server_ = std::make_unique<http::Server>(thread_.io(), parts_->world.edge(),
                                                     parts_->sockets, options, nullptr);
            endpoint_.port = server_->listen();
        });
    }
    ~SocketSession() override {
        thread_.run([this] { return server_->drain(0s); });
        thread_.call([this] {
            server_.reset();
            parts_->db.close();
        });
        // Ends only if nothing of a socket, its timers included, is left on the loop.
        thread_.join();
    }

    test::WebSocketClient open(const std::string& target) const { return {endpoint_, target}; }
    test::WebSocketClient obedient(const std::string& token = "user") const {
        return open("/ws/obey?since=12&token=" + token);
    }
    static std::string next(test::WebSocketClient& client) {
        const auto got = client.receive(patience);
        return got ? boost::json::serialize(*got) : "nothing";
    }

    struct Parts {
        explicit Parts(asio::io_context& io) : db(io, {.url = "host=/nonexistent"}) {
            endpoints.add("test", "/ws/obey", deps, obey);
            endpoints.add("test", "/ws/things/{id}", deps, find);
        }
        pg::Db db;
        Deps deps;
        http::TestWorld world{db};
        Hub hub;
        Endpoints endpoints;
        SocketRouter sockets{endpoints, hub};
    };
    LoopThread thread_;
    std::unique_ptr<Parts> parts_;
    std::unique_ptr<http::Server> server_;
    test::Endpoint endpoint_;
};

TEST_F(SocketSession, Converses) {
    auto client = obedient();
    struct Case {
        std::string_view sent;
        std::string_view want;  // its type and data
    };
    const Case cases[] = {
        {R"({"type":"echo","data":{"a":1}})", R"("echoed"{"a":1})"},
        {R"({"type":"echo","a":1})", R"("echoed"{"a":1})"},  // flat
        {R"({"type":"echo"})", R"("echoed"{})"},
        {R"({"type":"since"})", R"("12"{})"},
        {R"({"type":7})", R"("error"{"code":"bad_request"})"},
        {"[1]", R"("error"{"code":"bad_request"})"},
        {"hello", R"("error"{"code":"bad_request"})"},
        {R"({"type":"echo","data":[2]})", R"("echoed"{"data":[2]})"},
    };
    for (const Case& c : cases) {
        client.send_text(c.sent);
        const auto got = client.receive(patience);
        ASSERT_TRUE(got) << c.sent;
        EXPECT_EQ(boost::json::serialize(got->at("type")) + boost::json::serialize(got->at("data")),
                  c.want);
    }
    client.send_text(R"({"type":"return"})");
    EXPECT_EQ(client.wait_for_close(patience), 1000);
}

TEST_F(SocketSession, AFrameReplacesAnUnsentOneOfItsKey) {
    auto client = obedient();
    client.send_text(R"({"type":"positions"})");
    const auto at = R"("at":"1970-01-01T00:00:00Z","data":{}})";
    for (const std::string_view want :
         {R"({"type":"begin","id":"0",)", R"({"type":"position","id":"300",)",
          R"({"type":"other","id":"1",)", R"({"type":"end","id":"0",)"})
        EXPECT_EQ(next(client), std::string{want} + at);
}

TEST_F(SocketSession, ClosesWhoDoesNotKeepUp) {
    struct Case {
        std::string_view sent;
        std::uint16_t want;
    };
    const Case cases[] = {
        {R"({"type":"flood","frames":257})", 4408},
        {R"({"type":"large"})", 4408},
    };
    for (const Case& c : cases) {
        auto client = obedient();
        client.send_text(c.sent);
        EXPECT_EQ(client.wait_for_close(patience), c.want) << c.sent;
        EXPECT_EQ(client.close_reason(), "too slow");
    }
    auto client = obedient();
    client.send_text(R"({"type":"flood","frames":256})");
    for (int n = 0; n < 256; ++n) ASSERT_NE(next(client), "nothing") << n;
}

TEST_F(SocketSession, LimitsTheFramesOfThePeer) {
    const auto echo = [](std::size_t size) {
        const std::string_view head = R"({"type":"echo","data":{"a":")";
        return std::string{head} + std::string(size - head.size() - 3, 'x') + "\"}}";
    };
    auto client = obedient();
    client.send_text(echo(std::size_t{64} << 10));
    EXPECT_TRUE(client.receive("echoed", patience));
    client.send_text(echo((std::size_t{64} << 10) + 1));
    EXPECT_EQ(client.wait_for_close(patience), 1009);
}

// Far more than the limit of a second; what comes after the last that was taken is not looked at.
TEST_F(SocketSession, TooManyMessagesOfACaller) {
    thread_.call([this] {
        parts_->world.limited_class = "ws_message";
        parts_->world.limit = 3;
    });
    auto client = obedient();
    for (int i = 0; i < 100; ++i) client.send_text(R"({"type":"echo"})");
    for (int i = 0; i < 3; ++i) EXPECT_TRUE(client.receive("echoed", patience));
    EXPECT_EQ(client.wait_for_close(patience), 4429);
    EXPECT_EQ(client.close_reason(), "rate_limited");
}

TEST_F(SocketSession, RefusalsAreCloseCodes) {
    const std::string thing = "/ws/things/b4f5c7e2-2b7a-4b0f-8e8a-0a1b2c3d4e5f";
    struct Case {
        std::string target;
        std::uint16_t want;
        std::string_view reason;
    };
    const Case cases[] = {
        {"/ws/obey", 4401, "auth_required"},
        {"/ws/obey?token=nobody", 4401, "auth_required"},
        {"/ws/obey?token=expired", 4401, "token_expired"},
        {"/ws/obey?token=ops", 4403, "forbidden"},
        {thing + "?token=hour", 4404, "not_found"},
        {"/ws/things/7?token=user", 4404, "not_found"},
        {"/api/v1" + thing + "?token=user", 4404, "not_found"},
    };
    for (const Case& c : cases) {
        auto client = open(c.target);
        EXPECT_EQ(client.wait_for_close(patience), c.want) << c.target;
        EXPECT_EQ(client.close_reason(), c.reason) << c.target;
    }
    EXPECT_ANY_THROW(open("/ws/nothing?token=user"));
    EXPECT_ANY_THROW(open("/ws/obey/more?token=user"));
    auto by_header =
        test::WebSocketClient{endpoint_, "/ws/obey", {{"Authorization", "Bearer user"}}};
    by_header.send_text(R"({"type":"echo"})");
    EXPECT_TRUE(by_header.receive("echoed", patience));
}

TEST_F(SocketSession, EndsWithItsCredential) {
    auto client = obedient("soon");
    EXPECT_EQ(client.wait_for_close(patience), 4401);
    EXPECT_EQ(client.close_reason(), "token_expired");
}

TEST_F(SocketSession, EndsWithItsSession) {
    auto client = obedient();
    client.send_text(R"({"type":"echo"})");
    EXPECT_TRUE(client.receive("echoed", patience));
    parts_->hub.close(session_topic(http::test_session), Close::not_authenticated, "token_revoked");
    EXPECT_EQ(client.wait_for_close(patience), 4401);
    EXPECT_EQ(client.close_reason(), "token_revoked");
}

TEST_F(SocketSession, DefectsCloseWith1011) {
    auto client = obedient();
    client.send_text(R"({"type":"fail"})");
    EXPECT_EQ(client.wait_for_close(patience), 1011);
    thread_.call(
        [this] { EXPECT_EQ(parts_->world.notes.failures, std::vector<std::string>{"a defect"}); });
}

TEST_F(SocketSession, DrainTellsEverybodyToGo) {
    auto client = obedient();
    client.send_text(R"({"type":"echo"})");
    EXPECT_TRUE(client.receive("echoed", patience));
    auto drained = thread_.start([this] { return server_->drain(20s); });
    EXPECT_EQ(client.wait_for_close(patience), 1001);
    drained.get();
    thread_.call([this] { EXPECT_EQ(server_->connections(), 0); });
}

// A peer that neither reads nor answers is dropped when patience is over.
TEST_F(SocketSession, DrainDropsWhoDoesNotAnswer) {
    auto client = obedient();
    client.send_text(R"({"type":"echo"})");
    EXPECT_TRUE(client.receive("echoed", patience));
    thread_.run([this] { return server_->drain(0s); });
    thread_.run([this] { return server_->drain(5s); });
    thread_.call([this] { EXPECT_EQ(server_->connections(), 0); });
}

}  // namespace
}  // namespace taama::ws
