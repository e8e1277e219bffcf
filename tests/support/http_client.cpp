#include "tests/support/http_client.hpp"

#include <boost/asio/connect.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include <algorithm>
#include <optional>
#include <stdexcept>

namespace taama::test {

namespace asio = boost::asio;
namespace beast = boost::beast;
using boost::system::error_code;
using boost::system::system_error;

namespace {

bool same_name(std::string_view a, std::string_view b) { return beast::iequals(a, b); }

boost::json::value parse_or_null(std::string_view body) {
    error_code failed;
    boost::json::value value = boost::json::parse(body, failed);
    return failed ? boost::json::value{} : value;
}

}  // namespace

// --- response ------------------------------------------------------------------------------------

std::string Response::header(std::string_view name) const {
    const auto found = std::ranges::find_if(
        headers, [name](const auto& header) { return same_name(header.first, name); });
    return found == headers.end() ? std::string{} : found->second;
}

bool Response::has_header(std::string_view name) const {
    return std::ranges::any_of(
        headers, [name](const auto& header) { return same_name(header.first, name); });
}

bool Response::has(std::string_view pointer) const {
    error_code missing;
    return json.find_pointer(pointer, missing) != nullptr;
}

const boost::json::value& Response::at(std::string_view pointer) const {
    error_code missing;
    if (const auto* value = json.find_pointer(pointer, missing)) return *value;
    throw std::runtime_error("no " + std::string{pointer} + " in " + brief());
}

std::string Response::text(std::string_view pointer) const {
    const auto& value = at(pointer);
    if (!value.is_string())
        throw std::runtime_error(std::string{pointer} + " is no text in " + brief());
    return std::string{value.as_string()};
}

std::int64_t Response::integer(std::string_view pointer) const {
    error_code inexact;
    const auto number = at(pointer).to_number<std::int64_t>(inexact);
    if (inexact)
        throw std::runtime_error(std::string{pointer} + " is no whole number in " + brief());
    return number;
}

bool Response::flag(std::string_view pointer) const {
    const auto& value = at(pointer);
    if (!value.is_bool())
        throw std::runtime_error(std::string{pointer} + " is no flag in " + brief());
    return value.as_bool();
}

const boost::json::array& Response::items(std::string_view pointer) const {
    const auto& value = at(pointer);
    if (!value.is_array())
        throw std::runtime_error(std::string{pointer} + " is no list in " + brief());
    return value.as_array();
}

std::string Response::code() const {
    return has("/error/code") ? text("/error/code") : std::string{};
}

std::string Response::brief() const {
    constexpr std::size_t shown = 1500;
    return std::to_string(status) + " " + body.substr(0, shown);
}

// --- client --------------------------------------------------------------------------------------

struct HttpClient::Connection {
    struct Tls {
        explicit Tls(beast::tcp_stream& lower) : stream(lower, context) {}

        asio::ssl::context context{asio::ssl::context::tls_client};
        asio::ssl::stream<beast::tcp_stream&> stream;
    };
    asio::io_context io;
    beast::tcp_stream stream{io};
    std::optional<Tls> tls;
    beast::flat_buffer buffer;
    bool used = false;

    // Runs one asynchronous step to its end, so that it can have a deadline.
    template <class Start>
    void run(std::chrono::milliseconds timeout, Start start) {
        error_code result = asio::error::would_block;
        stream.expires_after(timeout);
        start([&result](error_code code, auto&&...) { result = code; });
        io.restart();
        io.run();
        if (result) throw system_error(result);
    }
    // The same on the stream that carries HTTP; how many bytes the message had.
    template <class Start>
    std::size_t talk(std::chrono::milliseconds timeout, Start start) {
        std::size_t bytes = 0;
        run(timeout, [&](auto done) {
            const auto counted = [&bytes, done](error_code code, std::size_t count) {
                bytes = count;
                done(code);
            };
            if (tls)
                start(tls->stream, counted);
            else
                start(stream, counted);
        });
        return bytes;
    }
};

HttpClient::HttpClient(Endpoint endpoint, const ResponseCheck* check)
    : endpoint_(std::move(endpoint)), check_(check) {}
HttpClient::~HttpClient() = default;
HttpClient::HttpClient(HttpClient&&) noexcept = default;
HttpClient& HttpClient::operator=(HttpClient&&) noexcept = default;

void HttpClient::move_to(const Endpoint& endpoint) {
    connection_.reset();
    endpoint_ = endpoint;
}

void HttpClient::set_header(std::string name, std::string value) {
    std::erase_if(headers_, [&name](const auto& header) { return same_name(header.first, name); });
    if (!value.empty()) headers_.emplace_back(std::move(name), std::move(value));
}

void HttpClient::bearer(std::string_view token) {
    set_header("Authorization", token.empty() ? std::string{} : "Bearer " + std::string{token});
}

Response HttpClient::exchange(const Request& request) {
    namespace http = beast::http;
    if (!connection_) {
        auto fresh = std::make_unique<Connection>();
        const asio::ip::tcp::endpoint peer{asio::ip::make_address(endpoint_.host), endpoint_.port};
        fresh->run(timeout_,
                   [&](auto done) { fresh->stream.async_connect(peer, std::move(done)); });
        fresh->stream.socket().set_option(asio::ip::tcp::no_delay{true});
        if (endpoint_.tls) {
            fresh->tls.emplace(fresh->stream);
            fresh->run(timeout_, [&](auto done) {
                fresh->tls->stream.async_handshake(asio::ssl::stream_base::client, std::move(done));
            });
        }
        connection_ = std::move(fresh);
    }
    Connection& connection = *connection_;

    http::request<http::string_body> out;
    out.method_string(request.method);
    out.target(request.target);
    out.set(http::field::host, endpoint_.host);
    for (const auto& [name, value] : headers_) out.set(name, value);
    for (const auto& [name, value] : request.headers) out.set(name, value);
    out.body() = request.body;
    if (!request.body.empty() || request.method == "POST" || request.method == "PATCH" ||
        request.method == "PUT")
        out.prepare_payload();
    bytes_ += connection.talk(timeout_, [&](auto& stream, auto done) {
        http::async_write(stream, out, std::move(done));
    });

    http::response_parser<http::string_body> parser;
    parser.body_limit(64 * 1024 * 1024);
    if (request.method == "HEAD") parser.skip(true);
    bytes_ += connection.talk(timeout_, [&](auto& stream, auto done) {
        http::async_read(stream, connection.buffer, parser, std::move(done));
    });
    connection.used = true;
    auto& in = parser.get();

    Response response;
    response.status = static_cast<int>(in.result_int());
    for (const auto& field : in)
        response.headers.emplace_back(std::string{field.name_string()}, std::string{field.value()});
    response.body = std::move(in.body());
    if (response.header("Content-Type").starts_with("application/json"))
        response.json = parse_or_null(response.body);
    if (!in.keep_alive()) connection_.reset();
    return response;
}

Response HttpClient::send(Request request) {
    const bool reused = connection_ && connection_->used;
    Response response;
    try {
        response = exchange(request);
    } catch (const system_error&) {
        connection_.reset();
        // The server may close an idle connection at any moment; then nothing was done.
        if (!reused || !repeats_) throw;
        try {
            response = exchange(request);
        } catch (...) {
            connection_.reset();
            throw;
        }
    }
    if (check_) check_->check(request, response);
    return response;
}

namespace {

Request with_json(std::string method, std::string target, const boost::json::value& body,
                  HeaderList headers) {
    headers.emplace_back("Content-Type", "application/json");
    return {std::move(method), std::move(target), boost::json::serialize(body), std::move(headers)};
}

}  // namespace

Response HttpClient::get(std::string target, HeaderList headers) {
    return send({"GET", std::move(target), {}, std::move(headers)});
}
Response HttpClient::post(std::string target, const boost::json::value& body, HeaderList headers) {
    return send(with_json("POST", std::move(target), body, std::move(headers)));
}
Response HttpClient::post(std::string target, HeaderList headers) {
    return send({"POST", std::move(target), {}, std::move(headers)});
}
Response HttpClient::patch(std::string target, const boost::json::value& body, HeaderList headers) {
    return send(with_json("PATCH", std::move(target), body, std::move(headers)));
}
Response HttpClient::put(std::string target, const boost::json::value& body, HeaderList headers) {
    return send(with_json("PUT", std::move(target), body, std::move(headers)));
}
Response HttpClient::del(std::string target, HeaderList headers) {
    return send({"DELETE", std::move(target), {}, std::move(headers)});
}

std::string HttpClient::raw_exchange(const Endpoint& endpoint, std::string_view bytes,
                                     std::chrono::milliseconds patience) {
    Connection connection;
    const asio::ip::tcp::endpoint peer{asio::ip::make_address(endpoint.host), endpoint.port};
    connection.run(patience,
                   [&](auto done) { connection.stream.async_connect(peer, std::move(done)); });
    std::string received;
    try {
        connection.run(patience, [&](auto done) {
            asio::async_write(connection.stream, asio::buffer(bytes), std::move(done));
        });
        std::array<char, 16 * 1024> chunk{};
        for (;;) {
            std::size_t length = 0;
            connection.run(patience, [&](auto done) {
                connection.stream.async_read_some(
                    asio::buffer(chunk),
                    [done, &length](error_code code, std::size_t size) mutable {
                        length = size;
                        done(code);
                    });
            });
            received.append(chunk.data(), length);
        }
    } catch (const system_error&) {  // closed, or silent
    }
    return received;
}

bool is_text(const boost::json::value& value, std::string_view text) {
    return value.is_string() && std::string_view{value.get_string()} == text;
}

std::string encode(std::string_view value) {
    constexpr std::string_view digits = "0123456789ABCDEF";
    std::string out;
    for (const unsigned char c : value) {
        if (std::isalnum(c) || std::string_view{"-._~,:"}.contains(static_cast<char>(c))) {
            out += static_cast<char>(c);
        } else {
            out += '%';
            out += digits[c >> 4];
            out += digits[c & 15];
        }
    }
    return out;
}

}  // namespace taama::test
