#pragma once

// WebSockets: frames are JSON objects {"type", "id", "at", "data"}. One socket lives on one thread.

#include <boost/json/object.hpp>

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "platform/id.hpp"
#include "platform/task.hpp"
#include "platform/time/time.hpp"

namespace taama::ws {

// Close codes of the platform.
enum class Close : std::uint16_t {
    normal = 1000,
    going_away = 1001,
    not_authenticated = 4401,
    not_yours = 4403,
    unknown = 4404,
    too_slow = 4408,
    replaced = 4409,
    too_many_messages = 4429,
};

struct Frame {
    std::string type;
    std::string id;  // of the thing the frame tells; empty: left out
    UtcTime at;
    std::string data;  // JSON of `data`
    // A frame with a key replaces an unsent one of the same key: positions collapse to the newest.
    std::string replaces{};
};

// What arrived: {"type": …, "data": {…}}; `data` may also stand flat beside `type`.
struct Message {
    std::string type;
    boost::json::object data;
};

// Sends through a bounded queue (256 frames, 1 MiB); a peer that does not keep up is closed with
// 4408.
class Socket : public std::enable_shared_from_this<Socket> {
public:
    virtual ~Socket() = default;

    virtual void send(Frame frame) = 0;
    virtual void close(Close code, std::string reason = {}) = 0;
    // Ends the connection at once, without a closing handshake.
    virtual void drop() = 0;
    // The next message of the peer; nullopt when the socket is closed. Frames over 64 KiB close it
    // (1009), what is not a JSON object with a type is answered with an `error` frame and skipped.
    virtual Task<std::optional<Message>> receive() = 0;
    virtual Executor executor() const = 0;
};

// Topics that sockets of all threads follow. Thread safe; frames are handed to each socket's own
// thread.
class Hub {
public:
    Hub();
    ~Hub();

    // Follows until the subscription is destroyed.
    class Subscription {
    public:
        Subscription() = default;
        Subscription(Hub& hub, std::string topic, std::uint64_t number);
        Subscription(Subscription&& other) noexcept;
        Subscription& operator=(Subscription&& other) noexcept;
        ~Subscription();

    private:
        Hub* hub_ = nullptr;
        std::string topic_;
        std::uint64_t number_ = 0;
    };

    [[nodiscard]] Subscription follow(std::string topic, const std::shared_ptr<Socket>& socket);
    void publish(std::string_view topic, const Frame& frame);
    // The same for a person's own view of a thing: makes the frame per follower on its thread.
    std::size_t followers(std::string_view topic) const;
    // Closes every socket that follows the topic.
    void close(std::string_view topic, Close code, std::string reason);

private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
    friend class Subscription;
};

}  // namespace taama::ws
