// What a socket costs while nothing happens on it: there may be tens of thousands. A handler that
// waits costs its coroutine frames, which an optimised build has much smaller.

#include <malloc.h>
#include <boost/asio/connect.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/streambuf.hpp>

#include "platform/http/edge_test_world.hpp"
#include "platform/http/server.hpp"
#include "platform/loop_thread.hpp"

namespace taama::ws {
namespace {

using tcp = asio::ip::tcp;

struct Deps {};
Task<void> listen(const Deps&, http::User, Connected& connected) {
    while (co_await connected.socket->receive()) {
    }
}
Task<void> stay(const Deps&, http::User, Connected& connected) {
    connected.stays = std::make_shared<int>();
    co_return;
}

struct Parts {
    explicit Parts(asio::io_context& io) : db(io, {.url = "host=/nonexistent"}) {
        endpoints.add("test", "/ws/listen", deps, listen);
        endpoints.add("test", "/ws/stay", deps, stay);
    }
    pg::Db db;
    http::TestWorld world{db};
    Deps deps;
    Hub hub;
    Endpoints endpoints;
    SocketRouter sockets{endpoints, hub};
};

// A peer without any state in this process but its descriptor.
std::string upgrade(tcp::socket& peer, std::string_view path, std::string_view offers) {
    const std::string request = fmt::format(
        "GET {}?token=user HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\n"
        "Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n{}\r\n",
        path, offers);
    asio::write(peer, asio::buffer(request));
    asio::streambuf answer;
    const std::size_t size = asio::read_until(peer, answer, "\r\n\r\n");
    return {static_cast<const char*>(answer.data().data()), size};
}

std::size_t allocated() { return mallinfo2().uordblks; }

TEST(IdleSocket, Memory) {
    constexpr int count = 120;
    constexpr int warm_up = 10;
    LoopThread thread;
    std::unique_ptr<Parts> parts;
    std::unique_ptr<http::Server> server;
    std::uint16_t port = 0;
    thread.call([&] {
        parts = std::make_unique<Parts>(thread.io());
        parts->world.limited_class = "ws_connect";
        parts->world.limit = 1'000'000;
        server =
            std::make_unique<http::Server>(thread.io(), parts->world.edge(), parts->sockets,
                                           http::ServerOptions{.address = "127.0.0.1"}, nullptr);
        port = server->listen();
    });
    struct Case {
        const char* name;
        const char* path;
        const char* offers;
        std::size_t bytes_max;
    };
    const Case cases[] = {
        {"staying", "/ws/stay", "", 1792},
        {"waiting", "/ws/listen", "", 6 * 1024},
        {"deflating", "/ws/listen", "Sec-WebSocket-Extensions: permessage-deflate\r\n", 26 * 1024},
    };
    for (const Case& c : cases) {
        asio::io_context io;
        std::vector<tcp::socket> peers;
        peers.reserve(count);
        std::size_t before = 0;
        for (int i = 0; i < count; ++i) {
            if (i == warm_up) before = allocated();
            tcp::socket& peer = peers.emplace_back(io);
            peer.connect({asio::ip::make_address("127.0.0.1"), port});
            const std::string answer = upgrade(peer, c.path, c.offers);
            ASSERT_TRUE(answer.starts_with("HTTP/1.1 101")) << answer;
        }
        thread.call([] {});
        const std::size_t each = (allocated() - before) / (count - warm_up);
        RecordProperty(c.name, std::to_string(each));
        EXPECT_LT(each, c.bytes_max) << c.name;
    }
    thread.run([&] { return server->drain(0s); });
    thread.call([&] {
        server.reset();
        parts->db.close();
    });
    thread.join();
}

}  // namespace
}  // namespace taama::ws
