#include "platform/ws/deflate.hpp"

#include <boost/beast/websocket/option.hpp>

namespace taama::ws {

namespace {

constexpr int window_bits = 12;
constexpr int window_bits_of_rfc = 15;
constexpr int level = 3;
constexpr int memory_level = 3;
constexpr std::size_t message_bytes_min = 64;  // shorter ones hardly shrink

}  // namespace

std::shared_ptr<void> DeflateShares::take() {
    if (*taken_ >= count_max) return nullptr;
    ++*taken_;
    return {taken_.get(), [taken = taken_](void*) { --*taken; }};
}

bool offers_deflate(std::string_view extensions) {
    return extensions.find("permessage-deflate") != std::string_view::npos;
}

boost::beast::websocket::permessage_deflate deflate_options(std::string_view extensions) {
    boost::beast::websocket::permessage_deflate options;
    options.server_enable = true;
    options.server_max_window_bits = window_bits;
    // A peer that does not mention its window cannot be asked for a smaller one.
    const bool can_be_told = extensions.find("client_max_window_bits") != std::string_view::npos;
    options.client_max_window_bits = can_be_told ? window_bits : window_bits_of_rfc;
    options.compLevel = level;
    options.memLevel = memory_level;
    options.msg_size_threshold = message_bytes_min;
    return options;
}

}  // namespace taama::ws
