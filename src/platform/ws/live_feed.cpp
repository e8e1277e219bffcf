#include "platform/ws/live_feed.hpp"

namespace taama::ws {

namespace {

constexpr std::size_t waiting_max = 256;  // as much as a socket's own queue

}  // namespace

void LiveFeed::replay(Frame frame) {
    replayed_.insert(frame.id);
    socket_->send(std::move(frame));
}

void LiveFeed::go_live() {
    is_live_ = true;
    for (Frame& frame : waiting_)
        if (!replayed_.contains(frame.id)) socket_->send(std::move(frame));
    waiting_ = {};
    replayed_ = {};
}

void LiveFeed::send(Frame frame) {
    if (is_live_)
        socket_->send(std::move(frame));
    else if (waiting_.size() < waiting_max)
        waiting_.push_back(std::move(frame));
    else
        close(Close::too_slow, "too slow");
}

void LiveFeed::close(Close code, std::string reason) { socket_->close(code, std::move(reason)); }

}  // namespace taama::ws
