#pragma once

// WebSockets: frames are JSON objects {"type", "id", "at", "data"}. One socket lives on one thread.

#include <boost/json/object.hpp>

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

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

// Who follows a topic: a socket, or what stands before one and decides what it gets. Told on its
// own thread only.
class Follower {
public:
    virtual ~Follower() = default;

    virtual void send(Frame frame) = 0;
    virtual void close(Close code, std::string reason = {}) = 0;
    virtual Executor executor() const = 0;
};

// Sends through a bounded queue (256 frames, 1 MiB); a peer that does not keep up is closed with
// 4408.
class Socket : public Follower, public std::enable_shared_from_this<Socket> {
public:
    // Ends the connection at once, without a closing handshake.
    virtual void drop() = 0;
    // The next message of the peer; nullopt when the socket is closed. Frames over 64 KiB close it
    // (1009), what is not a JSON object with a type is answered with an `error` frame and skipped.
    virtual Task<std::optional<Message>> receive() = 0;
};

// Topics that sockets of this process follow, whatever their threads. Thread safe; frames are
// handed to each follower's own thread. Frames for the sockets of all nodes go through relay.hpp.
class Hub {
public:
    Hub();
    ~Hub();

    // Follows until the subscription is destroyed.
    class Subscription {
    public:
        Subscription() = default;
        Subscription(Hub& hub, const std::string& topic, std::uint64_t number);
        Subscription(Subscription&& other) noexcept;
        Subscription& operator=(Subscription&& other) noexcept;
        ~Subscription();

    private:
        Hub* hub_ = nullptr;
        const std::string* topic_ = nullptr;  // the hub's
        std::uint64_t number_ = 0;
    };

    [[nodiscard]] Subscription follow(std::string topic, const std::shared_ptr<Follower>& follower);
    void publish(std::string_view topic, const Frame& frame);
    std::size_t followers(std::string_view topic) const;
    // Closes every socket that follows the topic.
    void close(std::string_view topic, Close code, const std::string& reason);
    // The same for every topic there is.
    void close_all(Close code, const std::string& reason);

    // For the followers on all nodes, within a fraction of a second, of frames with one key the
    // newest only: what nobody misses when it is lost. The frame says what it replaces.
    void publish_latest(std::string topic, Frame frame);
    struct Latest {
        std::string topic;
        Frame frame;
    };
    std::vector<Latest> take_latest();  // for the relay

private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
    friend class Subscription;
};

}  // namespace taama::ws
