#include "platform/ws/live_feed.hpp"

#include <algorithm>
#include <utility>

namespace taama::ws {

namespace {

constexpr std::size_t waiting_max = 256;  // as much as a socket's own queue

}  // namespace

void LiveFeed::has_seen(std::int64_t number) { seen_ = std::max(seen_, number); }

void LiveFeed::replay(Frame frame) {
    has_seen(number_of_(frame));
    socket_->send(std::move(frame));
}

void LiveFeed::go_live() {
    is_live_ = true;
    for (Frame& frame : std::exchange(waiting_, {})) send(std::move(frame));
}

void LiveFeed::send(Frame frame) {
    if (is_live_) {
        const std::int64_t number = number_of_(frame);
        if (number == 0 || number > seen_) socket_->send(std::move(frame));
    } else if (waiting_.size() < waiting_max) {
        waiting_.push_back(std::move(frame));
    } else {
        close(Close::too_slow, "too slow");
    }
}

void LiveFeed::close(Close code, std::string reason) { socket_->close(code, std::move(reason)); }

}  // namespace taama::ws
