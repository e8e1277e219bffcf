#pragma once

// HTTP/1.1 and WebSocket listeners: one per thread on one port (SO_REUSEPORT). Limits and time-outs
// stand on everything; requests of one connection are answered in order, so pipelining works.

#include <boost/asio/ssl/context.hpp>

#include <functional>
#include <memory>
#include <string>

#include "platform/http/edge.hpp"
#include "platform/ws/session.hpp"

namespace taama::http {

struct ServerOptions {
    std::string address = "0.0.0.0";
    std::uint16_t port = 0;  // 0: any free port, for the first listener of a process
    std::chrono::milliseconds header_timeout{10'000};  // the handshake of TLS has the same
    std::chrono::milliseconds body_timeout{20'000};
    std::chrono::milliseconds idle_timeout{60'000};
    std::chrono::milliseconds write_timeout{30'000};
    std::size_t header_limit = 16 * 1024;
    // Bytes a second: what came of a body at this rate extends its time-out.
    std::size_t body_min_rate = 1000;
    int connections_max = 12'000;  // per thread
    ws::OpenSockets::Limits sockets{};
    std::vector<std::string> trusted_proxies{};  // addresses whose X-Forwarded-For and -Proto count
};

class Server {
public:
    // `tls` is null for plain HTTP.
    Server(asio::io_context& io, Edge& edge, const ws::SocketRouter& sockets, ServerOptions options,
           asio::ssl::context* tls);
    ~Server();

    // Binds and listens; throws boost::system::system_error. Returns the port.
    std::uint16_t listen();
    // Accepts nothing new; requests that are being answered end, idle connections close, sockets
    // are told to go away. Returns when all are gone or `patience` is over.
    Task<void> drain(Seconds patience);
    int connections() const;  // sockets included

    struct Impl;

private:
    std::shared_ptr<Impl> impl_;
};

}  // namespace taama::http
