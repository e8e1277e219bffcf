#include "platform/ws/deflate.hpp"

#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/websocket.hpp>

#include "platform/http/edge_test_world.hpp"
#include "platform/http/server.hpp"
#include "platform/loop_thread.hpp"

namespace taama::ws {
namespace {

namespace beast = boost::beast;
namespace websocket = beast::websocket;
using tcp = asio::ip::tcp;

struct Deps {};
Task<void> echo(const Deps&, http::User, Connected& connected) {
    while (const auto message = co_await connected.socket->receive())
        connected.socket->send(
            {.type = "echoed", .id = {}, .at = {}, .data = boost::json::serialize(message->data)});
}

class Deflate : public testing::Test {
protected:
    Deflate() {
        thread_.call([this] {
            parts_ = std::make_unique<Parts>(thread_.io());
            server_ = std::make_unique<http::Server>(
                thread_.io(), parts_->world.edge(), parts_->sockets,
                http::ServerOptions{.address = "127.0.0.1"}, nullptr);
            port_ = server_->listen();
        });
    }
    ~Deflate() override {
        thread_.run([this] { return server_->drain(0s); });
        thread_.call([this] {
            server_.reset();
            parts_->db.close();
        });
        thread_.join();
    }

    struct Parts {
        explicit Parts(asio::io_context& io) : db(io, {.url = "host=/nonexistent"}) {
            endpoints.add("test", "/ws/echo", deps, echo);
            world.limited_class = "ws_connect";
            world.limit = 1'000'000;
        }
        pg::Db db;
        http::TestWorld world{db};
        Deps deps;
        Hub hub;
        Endpoints endpoints;
        SocketRouter sockets{endpoints, hub};
    };
    struct Peer {
        explicit Peer(std::uint16_t port, bool offers = true) {
            websocket::permessage_deflate options;
            options.client_enable = offers;
            stream.set_option(options);
            beast::get_lowest_layer(stream).connect({asio::ip::make_address("127.0.0.1"), port});
            stream.handshake(answer, "x", "/ws/echo?token=user");
        }
        std::string agreed() const { return std::string{answer["Sec-WebSocket-Extensions"]}; }
        void send(std::size_t size) {
            stream.write(asio::buffer(R"({"type":"echo","data":{"text":")" +
                                      std::string(size, 'x') + "\"}}"));
        }
        boost::json::value receive() {
            beast::flat_buffer buffer;
            stream.read(buffer);
            return boost::json::parse(
                {static_cast<const char*>(buffer.data().data()), buffer.size()});
        }

        asio::io_context io;
        websocket::stream<tcp::socket> stream{io};
        websocket::response_type answer;
    };

    LoopThread thread_;
    std::unique_ptr<Parts> parts_;
    std::unique_ptr<http::Server> server_;
    std::uint16_t port_ = 0;
};

TEST_F(Deflate, MessagesOfAllSizesBothWays) {
    Peer peer{port_};
    EXPECT_EQ(peer.agreed(),
              "permessage-deflate; server_max_window_bits=12; client_max_window_bits=12");
    for (const std::size_t size : {1UL, 100UL, 5000UL, 60'000UL, 3UL}) {
        peer.send(size);
        EXPECT_EQ(peer.receive().at("data").at("text").as_string().size(), size);
    }
    Peer plain{port_, false};
    EXPECT_EQ(plain.agreed(), "");
    plain.send(5000);
    EXPECT_EQ(plain.receive().at("data").at("text").as_string().size(), 5000U);
}

// What is small on the wire still counts by what is in it.
TEST_F(Deflate, BombsAreTooBig) {
    Peer peer{port_};
    peer.send(500'000);
    EXPECT_THROW(peer.receive(), boost::system::system_error);
    EXPECT_EQ(peer.stream.reason().code, websocket::close_code::too_big);
}

TEST_F(Deflate, OnlySoManySocketsOfAThread) {
    std::vector<std::unique_ptr<Peer>> peers;
    for (int i = 0; i < DeflateShares::count_max; ++i) {
        peers.push_back(std::make_unique<Peer>(port_));
        ASSERT_NE(peers.back()->agreed(), "") << i;
    }
    Peer late{port_};
    EXPECT_EQ(late.agreed(), "");
    late.send(1000);
    EXPECT_EQ(late.receive().at("type").as_string(), "echoed");
    peers.front()->stream.close(websocket::close_code::normal);
    // The share is given back when the server has noticed.
    for (int i = 0; i < 1000 && Peer{port_}.agreed().empty(); ++i) std::this_thread::sleep_for(1ms);
    EXPECT_NE(Peer{port_}.agreed(), "");
}

TEST(DeflateOptions, WindowOfPeersThatCannotBeTold) {
    EXPECT_EQ(deflate_options("permessage-deflate; client_max_window_bits").client_max_window_bits,
              12);
    EXPECT_EQ(deflate_options("permessage-deflate").client_max_window_bits, 15);
    EXPECT_EQ(deflate_options("permessage-deflate").server_max_window_bits, 12);
    EXPECT_TRUE(offers_deflate("x-other, permessage-deflate"));
    EXPECT_FALSE(offers_deflate("x-webkit-deflate-frame"));
}

}  // namespace
}  // namespace taama::ws
