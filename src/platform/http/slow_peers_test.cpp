// Peers that are slow, silent or speak the wrong language: none of them holds the server for long.

#include <poll.h>
#include <sys/socket.h>
#include <boost/asio/ssl.hpp>

#include "platform/http/edge_test_world.hpp"
#include "platform/http/server.hpp"
#include "platform/loop_thread.hpp"
#include "tests/support/http_client.hpp"
#include "tests/support/self_signed.hpp"

namespace taama::http {
namespace {

using tcp = asio::ip::tcp;

// Far more than any limit of these tests, far less than the server's usual ones.
constexpr std::chrono::milliseconds patience{5000};
constexpr std::size_t large_answer = std::size_t{64} << 20;

struct Deps {};
struct NoteView {
    std::size_t size;
};
BOOST_DESCRIBE_STRUCT(NoteView, (), (size))

Task<Ok<NoteView>> measure(const Deps&, Public, Context& context) {
    co_return Ok<NoteView>{{context.request.body.size()}};
}
Task<Raw> large(const Deps&, Public) { co_return Raw{.body = std::string(large_answer, 'x')}; }

// A connection on which the test sends when it likes.
class Peer {
public:
    explicit Peer(const test::Endpoint& server) : socket_(io_) {
        socket_.connect({asio::ip::make_address(server.host), server.port});
    }
    bool send(std::string_view bytes) {
        return ::send(socket_.native_handle(), bytes.data(), bytes.size(), MSG_NOSIGNAL) ==
               static_cast<ssize_t>(bytes.size());
    }
    // What comes until the server closes; nullopt when it does not in time, "reset" when it breaks
    // off.
    std::optional<std::string> read_to_end() {
        const auto deadline = std::chrono::steady_clock::now() + patience;
        std::string received;
        while (std::chrono::steady_clock::now() < deadline) {
            pollfd waiting{socket_.native_handle(), POLLIN, 0};
            if (poll(&waiting, 1, 100) <= 0) continue;
            std::array<char, 4096> chunk;
            const auto got = recv(socket_.native_handle(), chunk.data(), chunk.size(), 0);
            if (got == 0) return received;
            if (got < 0) return "reset";
            received.append(chunk.data(), static_cast<std::size_t>(got));
        }
        return std::nullopt;
    }

private:
    asio::io_context io_;
    tcp::socket socket_;
};

class SlowPeers : public testing::Test {
protected:
    void start(ServerOptions options, bool with_tls = false) {
        options.address = "127.0.0.1";
        if (with_tls) {
            const test::SelfSigned own = test::make_self_signed();
            tls_.use_certificate_chain(asio::buffer(own.certificate));
            tls_.use_private_key(asio::buffer(own.key), asio::ssl::context::pem);
            endpoint_.tls = true;
        }
        thread_.call([&] {
            parts_ = std::make_unique<Parts>(thread_.io());
            server_ = std::make_unique<Server>(thread_.io(), parts_->world.edge(), parts_->sockets,
                                               options, with_tls ? &tls_ : nullptr);
            endpoint_.port = server_->listen();
        });
    }
    ~SlowPeers() override {
        thread_.run([this] { return server_->drain(0s); });
        thread_.call([this] {
            server_.reset();
            parts_->db.close();
        });
        thread_.join();
    }
    static std::string begin_post(std::size_t declared) {
        return fmt::format(
            "POST /api/v1/notes HTTP/1.1\r\nHost: x\r\nConnection: close\r\n"
            "Content-Length: {}\r\n\r\n",
            declared);
    }
    int connections() {
        int count = 0;
        thread_.call([&] { count = server_->connections(); });
        return count;
    }

    struct Parts {
        explicit Parts(asio::io_context& io) : db(io, {.url = "host=/nonexistent"}) {
            Routes<Deps> routes{world.operations, "notes", deps};
            routes.post("/notes", measure);
            routes.get("/large", large);
        }
        pg::Db db;
        Deps deps;
        TestWorld world{db};
        ws::Hub hub;
        ws::Endpoints endpoints;
        ws::SocketRouter sockets{endpoints, hub};
    };
    asio::ssl::context tls_{asio::ssl::context::tls_server};
    LoopThread thread_;
    std::unique_ptr<Parts> parts_;
    std::unique_ptr<Server> server_;
    test::Endpoint endpoint_;
};

// A line now and then does not renew the time-out of the header.
TEST_F(SlowPeers, HeadersInDrops) {
    start({.header_timeout = 300ms});
    Peer peer{endpoint_};
    ASSERT_TRUE(peer.send("GET /api/v1/large HTTP/1.1\r\n"));
    const auto began = std::chrono::steady_clock::now();
    while (peer.send("X-Drop: 1\r\n") && std::chrono::steady_clock::now() - began < patience)
        std::this_thread::sleep_for(20ms);
    EXPECT_LT(std::chrono::steady_clock::now() - began, patience);
}

// A large length that is declared buys no time; only what came does.
TEST_F(SlowPeers, BodiesThatTrickle) {
    start({.body_timeout = 200ms, .body_min_rate = 1000});
    Peer declared{endpoint_};
    declared.send(begin_post(200'000) + std::string(100, 'x'));
    EXPECT_EQ(declared.read_to_end(), "");
    Peer chunked{endpoint_};
    chunked.send(
        "POST /api/v1/notes HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"
        "5\r\nhello\r\n");
    EXPECT_EQ(chunked.read_to_end(), "");
    Peer silent{endpoint_};
    silent.send(begin_post(200'000));
    EXPECT_EQ(silent.read_to_end(), "");
}

// What stands between the chunks is bounded too: one endless line, and many long ones.
TEST_F(SlowPeers, ChunksThatAreMostlyFraming) {
    start({});
    const std::string begin =
        "POST /api/v1/notes HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n";
    Peer endless{endpoint_};
    endless.send(begin + "1;e=" + std::string(1'000'000, 'x'));
    const auto refused = endless.read_to_end();
    EXPECT_TRUE(refused && refused->starts_with("HTTP/1.1 400")) << refused.value_or("nothing");
    Peer many{endpoint_};
    many.send(begin);
    const std::string chunk = "1;e=" + std::string(60'000, 'x') + "\r\nx\r\n";
    for (int i = 0; i < 60 && many.send(chunk); ++i) {
    }
    const auto too_many = many.read_to_end();
    EXPECT_TRUE(too_many && too_many->starts_with("HTTP/1.1 413")) << too_many.value_or("nothing");
}

TEST_F(SlowPeers, SteadyBodiesMayTakeLong) {
    start({.body_timeout = 50ms, .body_min_rate = 1000});
    Peer peer{endpoint_};
    peer.send(begin_post(4010) + std::string(4000, 'x'));  // good for four seconds
    std::this_thread::sleep_for(150ms);
    peer.send(std::string(10, 'x'));
    const auto answer = peer.read_to_end();
    EXPECT_TRUE(answer && answer->starts_with("HTTP/1.1 200")) << answer.value_or("nothing");
}

TEST_F(SlowPeers, AnswersThatNobodyReads) {
    start({.write_timeout = 200ms});
    Peer peer{endpoint_};
    peer.send("GET /api/v1/large HTTP/1.1\r\nHost: x\r\n\r\n");
    const auto began = std::chrono::steady_clock::now();
    int most = 0;
    while (std::chrono::steady_clock::now() - began < patience) {
        const int now = connections();
        most = std::max(most, now);
        if (most == 1 && now == 0) break;
        std::this_thread::sleep_for(10ms);
    }
    EXPECT_EQ(most, 1);
    EXPECT_EQ(connections(), 0);
}

TEST_F(SlowPeers, HandshakesThatStall) {
    start({.header_timeout = 200ms}, true);
    Peer silent{endpoint_};
    EXPECT_EQ(silent.read_to_end(), "");
    Peer stalled{endpoint_};
    stalled.send(std::string_view{"\x16\x03\x01\x02\x00\x01\x00", 7});  // begins a ClientHello
    EXPECT_EQ(stalled.read_to_end(), "");
}

TEST_F(SlowPeers, PlainHttpWhereTlsIsSpoken) {
    start({}, true);
    Peer plain{endpoint_};
    plain.send("GET /api/v1/large HTTP/1.1\r\nHost: x\r\n\r\n" + std::string(20'000, 'x'));
    const auto answer = plain.read_to_end();
    ASSERT_TRUE(answer);
    EXPECT_NE(*answer, "reset");
    EXPECT_FALSE(answer->starts_with("HTTP"));
    test::HttpClient client{endpoint_};
    EXPECT_EQ(client.post("/api/v1/notes").status, 200) << "the next one is served";
}

TEST_F(SlowPeers, IdleConnectionsUnderTls) {
    start({.idle_timeout = 200ms}, true);
    test::HttpClient client{endpoint_};
    EXPECT_EQ(client.post("/api/v1/notes").integer("/data/size"), 0);
    const auto began = std::chrono::steady_clock::now();
    while (connections() > 0 && std::chrono::steady_clock::now() - began < patience)
        std::this_thread::sleep_for(10ms);
    EXPECT_EQ(connections(), 0);
}

}  // namespace
}  // namespace taama::http
