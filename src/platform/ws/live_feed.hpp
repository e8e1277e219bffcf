#pragma once

// Past and present in one stream: while a handler still replays what its peer missed, live frames
// wait; then they follow, without those that the replay has sent.

#include <unordered_set>

#include "platform/ws/socket.hpp"

namespace taama::ws {

// Follows topics in place of the socket. Used on the socket's thread.
class LiveFeed final : public Follower {
public:
    explicit LiveFeed(std::shared_ptr<Socket> socket) : socket_(std::move(socket)) {}

    // Sends a frame of the past, which has an id.
    void replay(Frame frame);
    // The past is over.
    void go_live();

    void send(Frame frame) override;
    void close(Close code, std::string reason) override;
    Executor executor() const override { return socket_->executor(); }

private:
    std::shared_ptr<Socket> socket_;
    bool is_live_ = false;
    std::unordered_set<std::string> replayed_;
    std::vector<Frame> waiting_;
};

}  // namespace taama::ws
