#pragma once

// A WebSocket peer for tests, driven from the calling thread.

#include <boost/json/object.hpp>

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "tests/support/http_client.hpp"

namespace taama::test {

class WebSocketClient {
public:
    // Upgrades; throws boost::system::system_error when the server refuses.
    WebSocketClient(const Endpoint& endpoint, const std::string& target, HeaderList headers = {});
    ~WebSocketClient();
    WebSocketClient(WebSocketClient&&) noexcept;

    void send(const boost::json::value& frame);
    void send_text(std::string_view text);

    // The next frame; nullopt when none came within `patience` or the socket was closed.
    std::optional<boost::json::object> receive(std::chrono::milliseconds patience);
    // Skips frames until one of this type; adds a failure when none comes.
    std::optional<boost::json::object> receive(std::string_view type,
                                               std::chrono::milliseconds patience);
    // Reads until the server closes; its close code, or nullopt when it did not within `patience`.
    std::optional<std::uint16_t> wait_for_close(std::chrono::milliseconds patience);
    std::string close_reason() const;
    void close();

private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace taama::test
