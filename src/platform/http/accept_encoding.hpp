#pragma once

// Content codings: their names, and the one that suits a client best.

#include <cstdint>
#include <optional>
#include <string_view>

namespace taama::http {

enum class Encoding : std::uint8_t { identity, gzip, br, zstd };
inline constexpr int encoding_count = 4;
std::string_view to_string(Encoding encoding);

// By its name in Content-Encoding; nullopt for an unknown one, and for several.
std::optional<Encoding> parse_encoding(std::string_view name);

struct EncodingChoice {
    Encoding encoding = Encoding::identity;
    bool identity_refused = false;  // by `identity;q=0` or `*;q=0`
};
// What the client weighs highest; of equals zstd, else br, else gzip.
EncodingChoice choose_encoding(std::string_view accept_encoding);

}  // namespace taama::http
