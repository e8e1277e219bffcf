#pragma once

// Outgoing HTTP/1.1. One client per thread: it lives on that thread's io_context, keeps connections
// alive, and speaks only to the origins that it was built with. Redirects are answers like any
// other; they are never followed.

#include <boost/describe/enum.hpp>

#include <chrono>
#include <expected>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "platform/task.hpp"
#include "platform/telemetry/facts.hpp"

namespace taama::http_client {

struct Header {
    std::string name;
    std::string value;
};

struct Request {
    std::string method = "GET";
    std::string url{};  // absolute, http or https
    std::vector<Header> headers{};
    std::string body{};
    std::chrono::milliseconds timeout{30'000};  // name look-up to last byte; at most `timeout_max`
    std::size_t max_response_bytes = 1 << 20;
    std::string_view provider{};  // a literal: who is called, for those who count; or nobody's
};

struct Response {
    int status = 0;
    std::vector<Header> headers;
    std::string body;

    // The first header of that name, compared without case; empty when there is none.
    std::string_view header(std::string_view name) const;
};

enum class FailureKind {
    not_allowed,  // an origin that the client was not built with, or no URL at all
    connect,      // name not found, connection refused or not made in time
    tls,          // certificate or handshake
    timeout,
    too_large,  // more body than the request accepts
    broken,     // the peer closed, or spoke something that is not HTTP
};
BOOST_DESCRIBE_ENUM(FailureKind, not_allowed, connect, tls, timeout, too_large, broken)

// No whole answer came.
struct TransportError {
    FailureKind kind;
    bool maybe_sent;   // the peer may have read the request, and acted on it
    std::string text;  // for the log; holds no header and no body
};

struct Options {
    // "https://api.example.com", "http://127.0.0.1:8080". A path behind it is ignored.
    std::vector<std::string> origins;
    // The one among them that is this process itself: nobody has to vouch for its certificate.
    std::string own_origin{};
    std::chrono::milliseconds connect_timeout{5'000};
    long connections_per_host = 16;
    long connections = 64;  // in all; further requests wait, on their own deadline
    // Who is told `provider.called` {provider, result, seconds} of requests that name a provider:
    // "2xx" to "5xx", or a FailureKind. Null: nobody.
    const telemetry::Facts* facts = nullptr;
};

inline constexpr std::chrono::milliseconds timeout_max{30'000};

class Client {
public:
    Client(asio::io_context& io, Options options);
    ~Client();
    Client(const Client&) = delete;

    // Sends the request at most once. Cancelling the awaiting task drops the connection.
    Task<std::expected<Response, TransportError>> send(Request request);

    class Impl;

private:
    std::shared_ptr<Impl> impl_;
};

}  // namespace taama::http_client
