#pragma once

// Past and present in one stream: while a handler still replays what its peer missed, live frames
// wait; then they follow, without those that the peer has seen. A replay may be ahead of what is
// live: it reads what is committed, while the news of it is still on its way.

#include <vector>

#include "platform/ws/socket.hpp"

namespace taama::ws {

// Follows topics in place of the socket. Used on the socket's thread.
class LiveFeed final : public Follower {
public:
    // The place of a frame in its stream, from 1; 0: it has none and is always sent.
    using NumberOf = std::int64_t (*)(const Frame& frame);

    LiveFeed(std::shared_ptr<Socket> socket, NumberOf number_of)
        : socket_(std::move(socket)), number_of_(number_of) {}

    // The peer has all up to this number.
    void has_seen(std::int64_t number);
    // Sends a frame of the past.
    void replay(Frame frame);
    // The past is over.
    void go_live();

    void send(Frame frame) override;
    void close(Close code, std::string reason) override;
    Executor executor() const override { return socket_->executor(); }

private:
    std::shared_ptr<Socket> socket_;
    NumberOf number_of_;
    bool is_live_ = false;
    std::int64_t seen_ = 0;
    std::vector<Frame> waiting_;
};

}  // namespace taama::ws
