#pragma once

// What waits to be sent to one peer. Bounded, since a peer may not keep up.

#include <boost/asio/buffer.hpp>

#include <array>
#include <string>
#include <string_view>
#include <vector>

#include "platform/ws/socket.hpp"

namespace taama::ws {

// {"type", "id", "at", "data"}
std::string to_text(const Frame& frame);

class Outbox {
public:
    static constexpr std::size_t frames_max = 256;
    static constexpr std::size_t bytes_max = std::size_t{1} << 20;

    // What has a key takes the place of what waits under it. False: that was too much; all that
    // has not begun to leave is dropped.
    [[nodiscard]] bool add(std::string bytes, std::string replaces = {});
    // Whatever waits: a last word.
    void add_last(std::string bytes);
    bool empty() const { return waiting_.empty(); }

    std::string take_first();
    // Of the first few, to write at once; `has_left` says how much of it went.
    using Batch = std::array<asio::const_buffer, 16>;
    Batch batch() const;
    void has_left(std::size_t bytes);

private:
    struct Waiting {
        std::string bytes;
        std::string replaces;
    };
    std::vector<Waiting>::iterator first_untouched();

    std::vector<Waiting> waiting_;
    std::uint32_t bytes_ = 0;
    std::uint32_t left_ = 0;  // of the first
};

}  // namespace taama::ws
