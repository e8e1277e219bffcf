#pragma once

// SHA-256, HMAC-SHA-256, and bytes written as text.

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "platform/crypto/bytes.hpp"

namespace taama::crypto {

Digest sha256(ByteView data);
Digest hmac_sha256(ByteView key, ByteView data);

// A key that signs often: its two key blocks are hashed once, so that a short message costs three
// compressions and no allocation. Shared freely between threads.
class HmacKey {
public:
    explicit HmacKey(ByteView key);
    Digest sign(ByteView data) const;

private:
    struct Block {
        std::array<std::uint32_t, 8> state;
    };
    Block inner_;
    Block outer_;
};

// SHA-256 of what arrives in pieces: uploads.
class Sha256Stream {
public:
    Sha256Stream();
    ~Sha256Stream();
    Sha256Stream(const Sha256Stream&) = delete;
    Sha256Stream& operator=(const Sha256Stream&) = delete;

    void update(ByteView data);
    Digest finish();

private:
    struct Context;
    std::unique_ptr<Context> context_;
};

// HKDF (RFC 5869) with SHA-256, 32 bytes out.
Digest hkdf_sha256(ByteView key, ByteView salt, ByteView info);

// Takes the same time whatever differs. Only the lengths show.
bool constant_time_equal(ByteView a, ByteView b);

std::string to_hex(ByteView data);  // lower case
std::optional<Bytes> from_hex(std::string_view text);

std::string to_base64(ByteView data);  // RFC 4648 §4, padded
std::optional<Bytes> from_base64(std::string_view text);
// RFC 4648 §5 without padding. Reading refuses padding, line breaks and stray bits in the last
// character, so that every value has one spelling.
std::string to_base64url(ByteView data);
void append_base64url(std::string& out, ByteView data);
std::optional<Bytes> from_base64url(std::string_view text);
// Into memory of the caller; the number of bytes, or empty when they do not fit.
std::optional<std::size_t> read_base64url(std::string_view text, std::span<std::uint8_t> out);

}  // namespace taama::crypto
