#pragma once

// permessage-deflate (RFC 7692). Its codecs take 13 KiB of each socket that speaks it, and about
// 40 KiB once both sides have spoken, several times what an idle socket takes else: only so many
// sockets of a thread get it, the others speak plainly.

#include <memory>
#include <optional>
#include <string_view>

namespace boost::beast::websocket {
struct permessage_deflate;
}

namespace taama::ws {

class DeflateShares {
public:
    static constexpr int count_max = 128;

    // For whoever holds what it returns; null when all are taken.
    std::shared_ptr<void> take();

private:
    std::shared_ptr<int> taken_ = std::make_shared<int>(0);
};

bool offers_deflate(std::string_view extensions);
// With windows of 12 bits, towards the peer and, if it can be told so, back.
boost::beast::websocket::permessage_deflate deflate_options(std::string_view extensions);

}  // namespace taama::ws
