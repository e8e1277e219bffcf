#include "tests/support/websocket_client.hpp"

#include <gtest/gtest.h>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/core/buffers_to_string.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/websocket.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include <deque>

namespace taama::test {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace websocket = beast::websocket;
using boost::system::error_code;
using Clock = std::chrono::steady_clock;

// A read is always pending, so that pings are answered and a wait can end without breaking the
// stream.
struct WebSocketClient::State {
    asio::io_context io;
    websocket::stream<beast::tcp_stream> socket{io};
    beast::flat_buffer buffer;
    std::deque<boost::json::object> frames;
    bool closed = false;

    void read_on() {
        socket.async_read(buffer, [this](error_code code, std::size_t) {
            if (code) {
                closed = true;
                return;
            }
            frames.push_back(
                boost::json::parse(beast::buffers_to_string(buffer.data())).as_object());
            buffer.consume(buffer.size());
            read_on();
        });
    }
    template <class Done>
    bool run_until(std::chrono::milliseconds patience, Done done) {
        const auto deadline = Clock::now() + patience;
        io.restart();
        while (!done()) {
            if (closed) return false;
            if (io.run_one_until(deadline) == 0) return done();
        }
        return true;
    }
};

WebSocketClient::WebSocketClient(const Endpoint& endpoint, const std::string& target,
                                 HeaderList headers)
    : state_(std::make_unique<State>()) {
    State& state = *state_;
    auto& stream = beast::get_lowest_layer(state.socket);
    stream.connect(asio::ip::tcp::endpoint{asio::ip::make_address(endpoint.host), endpoint.port});
    state.socket.set_option(
        websocket::stream_base::decorator([headers](websocket::request_type& request) {
            for (const auto& [name, value] : headers) request.set(name, value);
        }));
    state.socket.handshake(endpoint.host, target);
    state.read_on();
}

WebSocketClient::~WebSocketClient() = default;
WebSocketClient::WebSocketClient(WebSocketClient&&) noexcept = default;

void WebSocketClient::send(const boost::json::value& frame) {
    send_text(boost::json::serialize(frame));
}

void WebSocketClient::send_text(std::string_view text) {
    bool written = false;
    state_->socket.text(true);
    state_->socket.async_write(asio::buffer(text),
                               [&written](error_code, std::size_t) { written = true; });
    state_->io.restart();
    while (!written && state_->io.run_one() != 0) {
    }
}

std::optional<boost::json::object> WebSocketClient::receive(std::chrono::milliseconds patience) {
    State& state = *state_;
    if (!state.run_until(patience, [&] { return !state.frames.empty(); })) return {};
    auto frame = std::move(state.frames.front());
    state.frames.pop_front();
    return frame;
}

std::optional<boost::json::object> WebSocketClient::receive(std::string_view type,
                                                            std::chrono::milliseconds patience) {
    const auto deadline = Clock::now() + patience;
    std::string skipped;
    for (;;) {
        const auto left =
            std::chrono::duration_cast<std::chrono::milliseconds>(deadline - Clock::now());
        auto frame = receive(std::max(left, std::chrono::milliseconds{0}));
        if (frame && is_text((*frame)["type"], type)) return frame;
        if (!frame) break;
        skipped += boost::json::serialize(*frame) + "\n";
    }
    if (state_->closed)
        skipped += "closed: " + std::to_string(state_->socket.reason().code) + " " + close_reason();
    ADD_FAILURE() << "no frame '" << type << "', only:\n" << skipped;
    return {};
}

std::optional<std::uint16_t> WebSocketClient::wait_for_close(std::chrono::milliseconds patience) {
    State& state = *state_;
    state.run_until(patience, [&] { return state.closed; });
    if (!state.closed) return {};
    return state.socket.reason().code;
}

std::string WebSocketClient::close_reason() const {
    return {state_->socket.reason().reason.data(), state_->socket.reason().reason.size()};
}

void WebSocketClient::close() {
    if (state_->closed) return;
    bool done = false;
    state_->socket.async_close(websocket::close_code::normal, [&done](error_code) { done = true; });
    state_->io.restart();
    while (!done && state_->io.run_one() != 0) {
    }
}

}  // namespace taama::test
