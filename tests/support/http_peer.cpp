#include "tests/support/http_peer.hpp"

#include <fmt/format.h>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>

namespace taama::test {

namespace asio = boost::asio;
using asio::ip::tcp;

HttpPeer::HttpPeer(asio::io_context& io, Script script)
    : acceptor_(io, tcp::endpoint{asio::ip::address_v4::loopback(), 0}),
      script_(std::move(script)) {
    asio::co_spawn(io, accept(), asio::detached);
}

std::string HttpPeer::origin() const {
    return fmt::format("http://127.0.0.1:{}", acceptor_.local_endpoint().port());
}

asio::awaitable<void> HttpPeer::accept() {
    while (true) {
        boost::system::error_code error;
        tcp::socket socket =
            co_await acceptor_.async_accept(asio::redirect_error(asio::use_awaitable, error));
        if (error) co_return;
        ++connections_;
        asio::co_spawn(acceptor_.get_executor(), serve(std::move(socket)), asio::detached);
    }
}

asio::awaitable<void> HttpPeer::serve(tcp::socket socket) {
    std::string buffer;
    while (true) {
        boost::system::error_code error;
        auto token = asio::redirect_error(asio::use_awaitable, error);
        const std::size_t head = co_await asio::async_read_until(
            socket, asio::dynamic_buffer(buffer), "\r\n\r\n", token);
        if (error) co_return;
        const std::string length_text = request_header(buffer.substr(0, head), "Content-Length");
        const std::size_t length = length_text.empty() ? 0 : std::stoul(length_text);
        if (buffer.size() < head + length) {
            co_await asio::async_read(socket, asio::dynamic_buffer(buffer),
                                      asio::transfer_exactly(head + length - buffer.size()), token);
            if (error) co_return;
        }
        requests_.push_back(buffer.substr(0, head + length));
        buffer.erase(0, head + length);
        const auto answer = script_(requests_.back());
        if (!answer) {
            char byte;
            co_await socket.async_read_some(asio::buffer(&byte, 1), token);
            co_return;
        }
        if (answer->empty()) co_return;
        co_await asio::async_write(socket, asio::buffer(*answer), token);
        if (error) co_return;
    }
}

std::string http_answer(std::string_view status, std::string_view headers, std::string_view body) {
    return fmt::format("HTTP/1.1 {}\r\n{}Content-Length: {}\r\n\r\n{}", status, headers,
                       body.size(), body);
}

std::string request_method(std::string_view raw) {
    return std::string{raw.substr(0, raw.find(' '))};
}

std::string request_target(std::string_view raw) {
    const std::size_t begin = raw.find(' ') + 1;
    return std::string{raw.substr(begin, raw.find(' ', begin) - begin)};
}

std::string request_header(std::string_view raw, std::string_view name) {
    const std::string_view head = raw.substr(0, raw.find("\r\n\r\n") + 2);
    const std::string wanted = fmt::format("\r\n{}: ", name);
    const std::size_t at = head.find(wanted);
    if (at == std::string_view::npos) return {};
    const std::size_t begin = at + wanted.size();
    return std::string{head.substr(begin, head.find("\r\n", begin) - begin)};
}

std::string request_body(std::string_view raw) {
    return std::string{raw.substr(raw.find("\r\n\r\n") + 4)};
}

}  // namespace taama::test
