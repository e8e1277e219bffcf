// Peers that fall silent: they are pinged, and dropped when they answer nothing. The same for those
// whose socket Beast carries.

#include <boost/asio/connect.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/write.hpp>

#include "platform/http/edge_test_world.hpp"
#include "platform/http/server.hpp"
#include "platform/loop_thread.hpp"

namespace taama::ws {
namespace {

using tcp = asio::ip::tcp;

constexpr std::chrono::milliseconds silence{400};
constexpr std::string_view ping{"\x89\x00", 2};
constexpr std::string_view pong{"\x8a\x80\0\0\0\0", 6};  // masked with nothing

struct Deps {};
Task<void> echo(const Deps&, http::User, Connected& connected) {
    while (const auto message = co_await connected.socket->receive()) {
        if (message->type == "return") co_return;
        connected.socket->send({.type = "e", .id = {}, .at = {}, .data = {}});
    }
}
Task<void> stay(const Deps&, http::User, Connected& connected) {
    connected.stays = std::make_shared<int>();
    co_return;
}

// Speaks bytes, and only when it is told to.
class Peer {
public:
    Peer(std::uint16_t port, std::string_view path, std::string_view extension) {
        socket_.connect({asio::ip::make_address("127.0.0.1"), port});
        const timeval patience{.tv_sec = 10, .tv_usec = 0};
        setsockopt(socket_.native_handle(), SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
        write(
            fmt::format("GET {}?token=user HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\n"
                        "Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
                        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n{}\r\n",
                        path, extension));
        const std::size_t head = asio::read_until(socket_, asio::dynamic_buffer(read_), "\r\n\r\n");
        EXPECT_TRUE(read_.starts_with("HTTP/1.1 101")) << read_;
        read_.erase(0, head);
    }
    void write(std::string_view bytes) { asio::write(socket_, asio::buffer(bytes)); }
    void send_text(std::string_view text) {
        write(std::string{"\x81"} + static_cast<char>(0x80 | text.size()) + std::string(4, '\0') +
              std::string{text});
    }
    std::string read(std::size_t size) {
        boost::system::error_code error;
        if (read_.size() < size)
            asio::read(socket_, asio::dynamic_buffer(read_),
                       asio::transfer_exactly(size - read_.size()), error);
        std::string got = read_.substr(0, size);
        read_.erase(0, size);
        return got;
    }
    std::string read_to_end() {
        boost::system::error_code error;
        asio::read(socket_, asio::dynamic_buffer(read_), error);
        EXPECT_EQ(error, asio::error::eof);
        return std::exchange(read_, {});
    }

private:
    asio::io_context io_;
    tcp::socket socket_{io_};
    std::string read_;
};

// What the peer offers decides who carries its socket.
class Silence : public testing::TestWithParam<std::string_view> {
protected:
    Silence() {
        thread_.call([this] {
            parts_ = std::make_unique<Parts>(thread_.io());
            server_ = std::make_unique<http::Server>(
                thread_.io(), parts_->world.edge(), parts_->sockets,
                http::ServerOptions{.address = "127.0.0.1",
                                    .sockets = {.silence = silence, .closing = silence}},
                nullptr);
            port_ = server_->listen();
        });
    }
    ~Silence() override {
        thread_.run([this] { return server_->drain(0s); });
        thread_.call([this] {
            server_.reset();
            parts_->db.close();
        });
        thread_.join();
    }
    Peer open(std::string_view path) const { return {port_, path, GetParam()}; }

    struct Parts {
        explicit Parts(asio::io_context& io) : db(io, {.url = "host=/nonexistent"}) {
            endpoints.add("test", "/ws/echo", deps, echo);
            endpoints.add("test", "/ws/stay", deps, stay);
        }
        pg::Db db;
        http::TestWorld world{db};
        Deps deps;
        Hub hub;
        Endpoints endpoints;
        SocketRouter sockets{endpoints, hub};
    };
    LoopThread thread_;
    std::unique_ptr<Parts> parts_;
    std::unique_ptr<http::Server> server_;
    std::uint16_t port_ = 0;
};

TEST_P(Silence, EndsASocket) {
    const auto began = std::chrono::steady_clock::now();
    for (const char* path : {"/ws/echo", "/ws/stay"})
        EXPECT_EQ(open(path).read_to_end(), ping) << path;
    EXPECT_GE(std::chrono::steady_clock::now() - began, 2 * silence);
}

TEST_P(Silence, WhoAnswersStays) {
    for (const char* path : {"/ws/echo", "/ws/stay"}) {
        Peer peer = open(path);
        for (int i = 0; i < 4; ++i) {
            ASSERT_EQ(peer.read(ping.size()), ping) << path << " " << i;
            peer.write(pong);
        }
    }
}

TEST_P(Silence, AfterOurClose) {
    Peer peer = open("/ws/echo");
    peer.send_text(R"({"type":"return"})");
    EXPECT_EQ(peer.read_to_end(), "\x88\x02\x03\xe8");
}

INSTANTIATE_TEST_SUITE_P(Carriers, Silence,
                         testing::Values("", "Sec-WebSocket-Extensions: permessage-deflate\r\n"),
                         [](const auto& param) {
                             return param.param.empty() ? "Plain" : "Deflating";
                         });

}  // namespace
}  // namespace taama::ws
