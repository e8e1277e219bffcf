#pragma once

// The bytes of HTTP/1.1 around the typed messages: targets, methods, serialised responses.

#include <boost/asio/ip/address.hpp>
#include <boost/beast/http/verb.hpp>

#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "platform/http/edge.hpp"

namespace taama::http {

// One open connection, as its server keeps it.
struct Connection {
    std::string remote_ip;
    std::function<void()> cancel;  // ends its waits; empty once a WebSocket has taken the stream
    bool idle = true;              // waiting for a request
    int answered = 0;
};

struct Target {
    std::string path;  // decoded
    std::vector<std::pair<std::string, std::string>> query;
    std::string raw_query;
};

// Percent-decoding of path and query; nullopt for bad escapes, NUL, or a target that is no path.
std::optional<Target> parse_target(std::string_view target);

Method to_method(boost::beast::http::verb verb);
// IPv4 in IPv6 form reads as IPv4.
std::string plain_address(const boost::asio::ip::address& address);
// The whole response, security headers included.
std::string serialise(const Response& response, bool keep_alive, bool head_only, bool secure);

}  // namespace taama::http
