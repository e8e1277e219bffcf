#pragma once

// From an upgrade request to the handler that serves the socket, on the request's own connection.

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/beast/core/basic_stream.hpp>
#include <boost/beast/http/message.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/ssl/ssl_stream.hpp>

#include <memory>
#include <string_view>
#include <vector>

#include "platform/ws/deflate.hpp"
#include "platform/ws/open_sockets.hpp"
#include "platform/ws/routes.hpp"

namespace taama::http {
class Edge;
}

namespace taama::ws {

using TcpStream = boost::beast::basic_stream<asio::ip::tcp, Executor>;
using TlsStream = boost::beast::ssl_stream<TcpStream>;
using UpgradeMessage = boost::beast::http::request<boost::beast::http::string_body>;

class SocketRouter {
public:
    SocketRouter(const Endpoints& endpoints, Hub& hub) : endpoints_(endpoints), hub_(hub) {}

    bool knows(std::string_view path) const { return find(path).first != nullptr; }
    std::pair<const Endpoint*, std::vector<std::string_view>> find(std::string_view path) const;
    Hub& hub() const { return hub_; }
    DeflateShares& deflate_shares() const { return *deflate_shares_; }

private:
    const Endpoints& endpoints_;
    Hub& hub_;
    std::unique_ptr<DeflateShares> deflate_shares_ = std::make_unique<DeflateShares>();
};

// The topic that every socket of a session follows; publishing a close to it ends them (4401).
std::string session_topic(SessionId session);

// Upgrades, checks the credential, serves, and returns when the handler has: the socket is then one
// of the open ones by itself.
template <class Stream>
Task<void> run_session(Stream stream, std::shared_ptr<UpgradeMessage> message,
                       http::Request request, const SocketRouter& router, http::Edge& edge,
                       std::shared_ptr<OpenSockets> open);

extern template Task<void> run_session(TcpStream, std::shared_ptr<UpgradeMessage>, http::Request,
                                       const SocketRouter&, http::Edge&,
                                       std::shared_ptr<OpenSockets>);
extern template Task<void> run_session(TlsStream, std::shared_ptr<UpgradeMessage>, http::Request,
                                       const SocketRouter&, http::Edge&,
                                       std::shared_ptr<OpenSockets>);

}  // namespace taama::ws
