#pragma once

// A blocking HTTP/1.1 client for tests: one keep-alive connection, JSON in and out. Every answer is
// shown to a ResponseCheck first, so that no test sees an answer that breaks the contract.

#include <boost/json/value.hpp>

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace taama::test {

struct Endpoint {
    std::string host = "127.0.0.1";
    std::uint16_t port = 0;
    bool tls = false;  // any certificate will do
};

using HeaderList = std::vector<std::pair<std::string, std::string>>;

struct Request {
    std::string method;
    std::string target;  // path and query, already encoded
    std::string body{};
    HeaderList headers{};
};

struct Response {
    int status = 0;
    HeaderList headers;
    std::string body;
    boost::json::value json;  // null when the body is not JSON

    std::string header(std::string_view name) const;  // empty when absent
    bool has_header(std::string_view name) const;

    // Members by JSON pointer ("/data/id"). at() throws with the whole answer when there is none.
    const boost::json::value& at(std::string_view pointer) const;
    bool has(std::string_view pointer) const;
    bool is_null(std::string_view pointer) const { return at(pointer).is_null(); }
    std::string text(std::string_view pointer) const;
    std::int64_t integer(std::string_view pointer) const;
    bool flag(std::string_view pointer) const;
    const boost::json::array& items(std::string_view pointer = "/data") const;

    std::string code() const;   // of the error envelope; empty when it is none
    std::string brief() const;  // one line for messages of failed expectations
};

// Sees every exchange. Called on the thread of the client.
class ResponseCheck {
public:
    virtual ~ResponseCheck() = default;
    virtual void check(const Request& request, const Response& response) const = 0;
};

class HttpClient {
public:
    explicit HttpClient(Endpoint endpoint, const ResponseCheck* check = nullptr);
    ~HttpClient();
    HttpClient(HttpClient&&) noexcept;
    HttpClient& operator=(HttpClient&&) noexcept;

    // Throws boost::system::system_error when no whole answer came in time.
    Response send(Request request);
    Response get(std::string target, HeaderList headers = {});
    Response post(std::string target, const boost::json::value& body, HeaderList headers = {});
    // Without a body.
    Response post(std::string target, HeaderList headers = {});
    Response patch(std::string target, const boost::json::value& body, HeaderList headers = {});
    Response put(std::string target, const boost::json::value& body, HeaderList headers = {});
    Response del(std::string target, HeaderList headers = {});

    // Sent with every request from now on; an empty value removes it.
    void set_header(std::string name, std::string value);
    void bearer(std::string_view token);
    // No second try on a new connection when the old one turns out to be closed.
    void never_repeat() { repeats_ = false; }
    void set_timeout(std::chrono::milliseconds timeout) { timeout_ = timeout; }
    // Another address from now on, with the same headers.
    void move_to(const Endpoint& endpoint);
    const Endpoint& endpoint() const { return endpoint_; }
    // Of all messages both ways, with their headers, before TLS.
    std::size_t bytes() const { return bytes_; }

    // Sends bytes as they are on a connection of their own and returns what came until the server
    // closed it or was silent for `patience`.
    static std::string raw_exchange(const Endpoint& endpoint, std::string_view bytes,
                                    std::chrono::milliseconds patience);

private:
    struct Connection;
    Response exchange(const Request& request);

    Endpoint endpoint_;
    const ResponseCheck* check_;
    HeaderList headers_;
    std::unique_ptr<Connection> connection_;
    std::chrono::milliseconds timeout_{30'000};
    bool repeats_ = true;
    std::size_t bytes_ = 0;
};

bool is_text(const boost::json::value& value, std::string_view text);

// Percent-encodes what may not stand in a query value.
std::string encode(std::string_view value);

}  // namespace taama::test
