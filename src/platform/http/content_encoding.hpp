#pragma once

// Bodies packed and unpacked. The codecs' working memory is kept from body to body: one object per
// thread.

#include <expected>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "platform/http/accept_encoding.hpp"

namespace taama::http {

class ContentCodecs {
public:
    ContentCodecs();
    ~ContentCodecs();

    // nullopt when the body would not get smaller, or for identity. Levels are chosen for speed.
    std::optional<std::string> pack(Encoding encoding, std::string_view body);

    enum class Problem : std::uint8_t { malformed, too_large };
    // gzip and zstd. `too_large` when there is more than `size_max` in it, or more than a hundred
    // times its size; no more memory than that is ever used. What is cut off, or followed by other
    // bytes, is malformed.
    std::expected<std::string, Problem> unpack(Encoding encoding, std::string_view body,
                                               std::size_t size_max);

private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace taama::http
