#include "tests/support/websocket_client.hpp"

#include <gtest/gtest.h>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/beast/core/buffers_to_string.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/ssl/ssl_stream.hpp>
#include <boost/beast/websocket.hpp>
#include <boost/beast/websocket/ssl.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include <deque>
#include <variant>

namespace taama::test {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace websocket = beast::websocket;
using boost::system::error_code;
using Clock = std::chrono::steady_clock;

// A read is always pending, so that pings are answered and a wait can end without breaking the
// stream.
struct WebSocketClient::State {
    using Plain = websocket::stream<beast::tcp_stream>;
    using Encrypted = websocket::stream<beast::ssl_stream<beast::tcp_stream>>;

    explicit State(bool encrypted) {
        if (encrypted)
            socket.emplace<Encrypted>(io, tls);
        else
            socket.emplace<Plain>(io);
    }

    asio::io_context io;
    asio::ssl::context tls{asio::ssl::context::tls_client};
    std::variant<std::monostate, Plain, Encrypted> socket;
    beast::flat_buffer buffer;
    std::deque<boost::json::object> frames;
    bool closed = false;

    // Calls `use` with the stream, whichever it is.
    template <class Use>
    void with(Use use) {
        if (auto* plain = std::get_if<Plain>(&socket))
            use(*plain);
        else
            use(std::get<Encrypted>(socket));
    }
    websocket::close_reason reason() {
        websocket::close_reason told;
        with([&](auto& stream) { told = stream.reason(); });
        return told;
    }
    void read_on() {
        with([this](auto& stream) {
            stream.async_read(buffer,
                              [this](error_code code, std::size_t) { take_or_close(code); });
        });
    }
    void take_or_close(error_code code) {
        if (code) {
            closed = true;
            return;
        }
        frames.push_back(boost::json::parse(beast::buffers_to_string(buffer.data())).as_object());
        buffer.consume(buffer.size());
        read_on();
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
    : state_(std::make_unique<State>(endpoint.tls)) {
    state_->with([&]<class Stream>(Stream& stream) {
        beast::get_lowest_layer(stream).connect(
            asio::ip::tcp::endpoint{asio::ip::make_address(endpoint.host), endpoint.port});
        if constexpr (std::same_as<Stream, State::Encrypted>)
            stream.next_layer().handshake(asio::ssl::stream_base::client);
        stream.set_option(
            websocket::stream_base::decorator([headers](websocket::request_type& request) {
                for (const auto& [name, value] : headers) request.set(name, value);
            }));
        stream.handshake(endpoint.host, target);
    });
    state_->read_on();
}

WebSocketClient::~WebSocketClient() = default;
WebSocketClient::WebSocketClient(WebSocketClient&&) noexcept = default;

void WebSocketClient::send(const boost::json::value& frame) {
    send_text(boost::json::serialize(frame));
}

void WebSocketClient::send_text(std::string_view text) {
    bool written = false;
    state_->with([&](auto& stream) {
        stream.text(true);
        stream.async_write(asio::buffer(text),
                           [&written](error_code, std::size_t) { written = true; });
    });
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
        skipped += "closed: " + std::to_string(state_->reason().code) + " " + close_reason();
    ADD_FAILURE() << "no frame '" << type << "', only:\n" << skipped;
    return {};
}

std::optional<std::uint16_t> WebSocketClient::wait_for_close(std::chrono::milliseconds patience) {
    State& state = *state_;
    state.run_until(patience, [&] { return state.closed; });
    if (!state.closed) return {};
    return state.reason().code;
}

std::string WebSocketClient::close_reason() const {
    const auto told = state_->reason();
    return {told.reason.data(), told.reason.size()};
}

void WebSocketClient::close() {
    if (state_->closed) return;
    bool done = false;
    state_->with([&](auto& stream) {
        stream.async_close(websocket::close_code::normal, [&done](error_code) { done = true; });
    });
    state_->io.restart();
    while (!done && state_->io.run_one() != 0) {
    }
}

}  // namespace taama::test
