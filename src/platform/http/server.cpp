#include "platform/http/server.hpp"

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/beast/core/basic_stream.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/string.hpp>
#include <boost/beast/http.hpp>
#include <boost/beast/ssl/ssl_stream.hpp>
#include <boost/beast/websocket/rfc6455.hpp>

#include "platform/http/connection.hpp"
#include "platform/http/forwarded.hpp"
#include "platform/timer.hpp"

namespace taama::http {

namespace beast = boost::beast;
namespace bhttp = beast::http;
using tcp = asio::ip::tcp;
using Parser = bhttp::request_parser<bhttp::string_body>;
using Acceptor = asio::basic_socket_acceptor<tcp, Executor>;

// Outlives the Server object while connections of it are open.
struct Server::Impl : std::enable_shared_from_this<Server::Impl> {
    Impl(asio::io_context& context, Edge& guard, const ws::SocketRouter& socket_router,
         ServerOptions server_options, asio::ssl::context* tls_context)
        : io(context),
          edge(guard),
          sockets(socket_router),
          options(std::move(server_options)),
          tls(tls_context),
          acceptor(io),
          open_sockets(std::make_shared<ws::OpenSockets>(io, options.sockets)) {}

    asio::io_context& io;
    Edge& edge;
    const ws::SocketRouter& sockets;
    ServerOptions options;
    asio::ssl::context* tls;
    Acceptor acceptor;
    bool draining = false;
    int open = 0;
    std::vector<Connection*> connections;
    std::shared_ptr<ws::OpenSockets> open_sockets;

    int all_open() const { return open + open_sockets->size(); }

    template <class Stream>
    Task<void> serve(Stream stream, std::string remote_ip);
    template <class Stream>
    Task<std::size_t> read_body(Stream& stream, beast::flat_buffer& buffer, Parser& parser,
                                std::size_t size_max, boost::system::error_code& error);
    template <class Stream>
    Task<bool> serve_one(Stream& stream, beast::flat_buffer& buffer, Connection& connection);
    Task<void> accept_loop();
};

namespace {

// What a connection holds unparsed: a line between chunks has no other limit.
constexpr std::size_t read_buffer_max = 128 * 1024;
constexpr std::size_t framing_factor = 8;  // a chunk of one byte takes six

template <class Stream>
constexpr bool is_tls = !std::same_as<Stream, ws::TcpStream>;

template <class Stream>
ws::TcpStream& lowest(Stream& stream) {
    return beast::get_lowest_layer(stream);
}

Request to_request(bhttp::request<bhttp::string_body>& message, const std::string& peer_ip,
                   bool secure, const std::vector<std::string>& trusted_proxies) {
    Request request;
    request.method = to_method(message.method());
    request.remote_ip = peer_ip;
    request.secure = secure;
    request.body = std::move(message.body());
    request.header = [&message](std::string_view name) -> std::string_view {
        const auto found = message.find(boost::string_view{name.data(), name.size()});
        if (found == message.end()) return {};
        return {found->value().data(), found->value().size()};
    };
    if (std::ranges::find(trusted_proxies, peer_ip) != trusted_proxies.end()) {
        std::string forwarded;
        const auto [first, last] = message.equal_range("X-Forwarded-For");
        for (auto line = first; line != last; ++line) {
            if (!forwarded.empty()) forwarded += ',';
            forwarded.append(line->value().data(), line->value().size());
        }
        request.remote_ip = client_address(forwarded, peer_ip, trusted_proxies);
        if (request.header("X-Forwarded-Proto") == "https") request.secure = true;
    }
    return request;
}

Request early_request() {
    Request request;
    request.path = "/";
    request.header = [](std::string_view) { return std::string_view{}; };
    return request;
}

template <class Stream>
Task<std::size_t> send(Stream& stream, const Response& response, bool keep_alive, bool head_only,
                       bool secure) {
    const std::string bytes = serialise(response, keep_alive, head_only, secure);
    co_return co_await asio::async_write(stream, asio::buffer(bytes), use_task);
}

// Ends our side. What the peer still sends is read and dropped for a moment: closing with unread
// bytes would reset the connection and lose the answer on its way to the peer.
template <class Stream>
Task<void> say_goodbye(Stream& stream) {
    constexpr std::size_t discarded_max = std::size_t{4} << 20;
    boost::system::error_code error;
    if constexpr (is_tls<Stream>) {
        // Tells the peer that nothing was cut off.
        lowest(stream).expires_after(1s);
        co_await stream.async_shutdown(asio::redirect_error(use_task, error));
        error = {};
    }
    auto& socket = lowest(stream).socket();
    socket.shutdown(tcp::socket::shutdown_send, error);
    std::array<char, 4096> dropped;
    lowest(stream).expires_after(1s);
    for (std::size_t got = 0; !error && got < discarded_max;)
        got += co_await lowest(stream).async_read_some(asio::buffer(dropped),
                                                       asio::redirect_error(use_task, error));
}

// A peer that closes, breaks off or is too slow is not told why.
bool is_gone(const boost::system::error_code& error) {
    return error == bhttp::error::end_of_stream || error == bhttp::error::partial_message ||
           error == beast::error::timeout || error == asio::error::connection_reset ||
           error == asio::error::eof || error == asio::ssl::error::stream_truncated;
}

Refusal read_refusal(const boost::system::error_code& error) {
    if (error == bhttp::error::body_limit) return Refusal{errors::payload_too_large};
    return Refusal{errors::bad_request, {{"reason", error.message()}}};
}

}  // namespace

// The time-out grows with what came, so that a long body may take long and a trickle may not.
template <class Stream>
Task<std::size_t> Server::Impl::read_body(Stream& stream, beast::flat_buffer& buffer,
                                          Parser& parser, std::size_t size_max,
                                          boost::system::error_code& error) {
    const auto deadline = std::chrono::steady_clock::now() + options.body_timeout;
    std::size_t received = 0;
    parser.eager(false);  // comes back after each chunk
    while (!parser.is_done() && !error) {
        lowest(stream).expires_at(
            deadline + std::chrono::milliseconds{received * 1000 / options.body_min_rate});
        received += co_await bhttp::async_read_some(stream, buffer, parser,
                                                    asio::redirect_error(use_task, error));
        // The parser counts what is in the chunks, not what is between them.
        if (received > framing_factor * size_max + read_buffer_max)
            error = bhttp::error::body_limit;
    }
    co_return received;
}

template <class Stream>
Task<bool> Server::Impl::serve_one(Stream& stream, beast::flat_buffer& buffer,
                                   Connection& connection) {
    Parser parser;
    parser.header_limit(static_cast<std::uint32_t>(options.header_limit));
    parser.body_limit(boost::none);
    boost::system::error_code error;

    // Between requests a connection may idle; once bytes came the header has its own limit.
    connection.idle = true;
    if (buffer.size() == 0) {
        lowest(stream).expires_after(options.idle_timeout);
        const std::size_t got = co_await stream.async_read_some(
            buffer.prepare(4096), asio::redirect_error(use_task, error));
        if (error) co_return false;
        buffer.commit(got);
    }
    connection.idle = false;
    if (draining && connection.answered > 0) co_return false;

    lowest(stream).expires_after(options.header_timeout);
    std::size_t received = co_await bhttp::async_read_header(stream, buffer, parser,
                                                             asio::redirect_error(use_task, error));
    const bool secure = tls != nullptr;
    if (error) {
        if (is_gone(error)) co_return false;
        const Request early = early_request();
        lowest(stream).expires_after(options.write_timeout);
        co_await send(stream, edge.refuse(early, read_refusal(error)), false, false, secure);
        co_return false;
    }
    auto target = parse_target({parser.get().target().data(), parser.get().target().size()});
    const Method method = to_method(parser.get().method());
    const std::size_t limit = edge.body_limit(method, target ? target->path : "/");
    std::optional<Refusal> early_refusal;
    if (!target) early_refusal = Refusal{errors::bad_request, {{"reason", "bad request target"}}};
    const auto declared = parser.content_length();
    if (declared && *declared > limit) early_refusal = Refusal{errors::payload_too_large};
    if (early_refusal) {
        Request early = to_request(parser.get(), connection.remote_ip, secure, {});
        early.path = "/";
        lowest(stream).expires_after(options.write_timeout);
        co_await send(stream, edge.refuse(early, *early_refusal), false, false, secure);
        co_return false;
    }
    if (const std::string path = canonical_path(target->path);
        beast::websocket::is_upgrade(parser.get()) && sockets.knows(path)) {
        auto message = std::make_shared<bhttp::request<bhttp::string_body>>(parser.release());
        Request request =
            to_request(*message, connection.remote_ip, secure, options.trusted_proxies);
        request.path = path;
        request.query = std::move(target->query);
        lowest(stream).expires_never();
        buffer.clear();
        buffer.shrink_to_fit();
        // The stream moves into the socket; what is left here must not be touched again, and ends:
        // an idle socket is not to hold what only HTTP needs.
        connection.cancel = nullptr;
        asio::co_spawn(io,
                       ws::run_session(std::move(stream), std::move(message), std::move(request),
                                       sockets, edge, open_sockets),
                       asio::detached);
        co_return false;
    }
    parser.body_limit(limit);
    if (beast::iequals(parser.get()[bhttp::field::expect], "100-continue")) {
        static constexpr std::string_view go_on = "HTTP/1.1 100 Continue\r\n\r\n";
        co_await asio::async_write(stream, asio::buffer(go_on), use_task);
    }
    received += co_await read_body(stream, buffer, parser, limit, error);
    if (error) {
        if (is_gone(error)) co_return false;
        const Request early = early_request();
        lowest(stream).expires_after(options.write_timeout);
        co_await send(stream, edge.refuse(early, read_refusal(error)), false, false, secure);
        co_return false;
    }
    bool keep_alive = parser.get().keep_alive();
    auto& message = parser.get();
    Request request = to_request(message, connection.remote_ip, secure, options.trusted_proxies);
    request.path = std::move(target->path);
    request.query = std::move(target->query);
    request.raw_query = std::move(target->raw_query);
    // The answer has no deadline of the socket's; operations carry their own.
    lowest(stream).expires_never();
    const Response response = co_await edge.serve(request);
    ++connection.answered;
    edge.parts().observer.bytes_received(request.encoding, received);
    keep_alive = keep_alive && !draining;
    lowest(stream).expires_after(options.write_timeout);
    const std::size_t sent =
        co_await send(stream, response, keep_alive, method == Method::head, request.secure);
    edge.parts().observer.bytes_sent(response.encoding, sent);
    co_return keep_alive;
}

template <class Stream>
Task<void> Server::Impl::serve(Stream stream, std::string remote_ip) {
    const auto self = shared_from_this();
    Connection connection{std::move(remote_ip), [&] { lowest(stream).cancel(); }};
    connections.push_back(&connection);
    ++open;
    try {
        boost::system::error_code refused;
        if constexpr (is_tls<Stream>) {
            lowest(stream).expires_after(options.header_timeout);
            co_await stream.async_handshake(asio::ssl::stream_base::server,
                                            asio::redirect_error(use_task, refused));
        }
        if (refused) {
            // Plain HTTP, an old version, a stranger: there is no common language to say it in.
            co_await say_goodbye(lowest(stream));
        } else {
            beast::flat_buffer buffer{read_buffer_max};
            while (co_await serve_one(stream, buffer, connection)) {
            }
            if (connection.cancel) co_await say_goodbye(stream);
        }
    } catch (const boost::system::system_error&) {
        // The peer went away or was too slow; nobody is left to tell.
    }
    std::erase(connections, &connection);
    --open;
}

Task<void> Server::Impl::accept_loop() {
    const auto self = shared_from_this();
    while (!draining) {
        boost::system::error_code error;
        auto socket = co_await acceptor.async_accept(asio::redirect_error(use_task, error));
        if (error == asio::error::operation_aborted || draining) co_return;
        if (error) {
            // Out of descriptors: what is open must end before more can come.
            co_await sleep_for(50ms);
            continue;
        }
        if (all_open() >= options.connections_max) continue;  // closed by its destructor
        boost::system::error_code ignored;
        socket.set_option(tcp::no_delay{true}, ignored);
        const auto peer = socket.remote_endpoint(ignored);
        std::string remote_ip = plain_address(peer.address());
        ws::TcpStream stream{std::move(socket)};
        if (tls != nullptr)
            asio::co_spawn(io, serve(ws::TlsStream{std::move(stream), *tls}, std::move(remote_ip)),
                           asio::detached);
        else
            asio::co_spawn(io, serve(std::move(stream), std::move(remote_ip)), asio::detached);
    }
}

Server::Server(asio::io_context& io, Edge& edge, const ws::SocketRouter& sockets,
               ServerOptions options, asio::ssl::context* tls)
    : impl_(std::make_shared<Impl>(io, edge, sockets, std::move(options), tls)) {}

Server::~Server() {
    impl_->draining = true;
    boost::system::error_code ignored;
    impl_->acceptor.close(ignored);
}

std::uint16_t Server::listen() {
    Impl& server = *impl_;
    const tcp::endpoint endpoint{asio::ip::make_address(server.options.address),
                                 server.options.port};
    server.acceptor.open(endpoint.protocol());
    server.acceptor.set_option(asio::socket_base::reuse_address{true});
    server.acceptor.set_option(
        asio::detail::socket_option::boolean<SOL_SOCKET, SO_REUSEPORT>{true});
    server.acceptor.bind(endpoint);
    server.acceptor.listen(asio::socket_base::max_listen_connections);
    asio::co_spawn(server.io, server.accept_loop(), asio::detached);
    return server.acceptor.local_endpoint().port();
}

Task<void> Server::drain(Seconds patience) {
    const auto server = impl_;
    server->draining = true;
    boost::system::error_code ignored;
    server->acceptor.close(ignored);
    server->open_sockets->say_goodbye();
    const auto idle = [](const Connection* each) { return each->idle; };
    const auto deadline = std::chrono::steady_clock::now() + patience;
    while (server->all_open() > 0 && std::chrono::steady_clock::now() < deadline) {
        for (Connection* each : server->connections)
            if (idle(each)) each->cancel();
        co_await sleep_for(10ms);
    }
    for (const Connection* each : server->connections)
        if (each->cancel) each->cancel();
    server->open_sockets->drop_all();
}

int Server::connections() const { return impl_->all_open(); }

}  // namespace taama::http
