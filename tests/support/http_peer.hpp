#pragma once

// The other end of an outgoing request: a small HTTP/1.1 server on the test's own io_context, which
// answers what the test says, byte by byte if need be.

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace taama::test {

class HttpPeer {
public:
    // The raw answer to one raw request. Empty: closes without an answer. Nothing: never answers.
    using Script = std::function<std::optional<std::string>(const std::string& request)>;

    HttpPeer(boost::asio::io_context& io, Script script);

    std::string origin() const;  // "http://127.0.0.1:<port>"
    int connections() const { return connections_; }
    const std::vector<std::string>& requests() const { return requests_; }  // raw
    void close() { acceptor_.close(); }

private:
    boost::asio::awaitable<void> accept();
    boost::asio::awaitable<void> serve(boost::asio::ip::tcp::socket socket);

    boost::asio::ip::tcp::acceptor acceptor_;
    Script script_;
    int connections_ = 0;
    std::vector<std::string> requests_;
};

// A whole answer; headers end in "\r\n" each.
std::string http_answer(std::string_view status, std::string_view headers, std::string_view body);

// Parts of a raw request.
std::string request_method(std::string_view raw);
std::string request_target(std::string_view raw);
std::string request_header(std::string_view raw, std::string_view name);  // "": absent
std::string request_body(std::string_view raw);

}  // namespace taama::test
