#pragma once

// What a link to a file allows, and its signature: method, file, end, and for an upload its exact
// length and type.

#include <cstdint>
#include <string>
#include <string_view>

#include "platform/crypto/hash.hpp"

namespace taama::files {

struct Link {
    std::string_view method;     // GET, PUT
    std::string_view target;     // the file's id, with its variant
    std::int64_t expires_s = 0;  // Unix time
    std::int64_t length = 0;     // of an upload; else 0
    std::string_view type;       // of an upload; else empty
};

// Immutable; shared between threads.
class LinkSigner {
public:
    explicit LinkSigner(crypto::ByteView key) : key_(key) {}

    std::string sign(const Link& link) const;  // base64url, 43 characters
    // In constant time. That the link is still good, the caller checks.
    bool matches(const Link& link, std::string_view signature) const;

private:
    crypto::HmacKey key_;
};

}  // namespace taama::files
