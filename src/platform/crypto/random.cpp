#include "platform/crypto/random.hpp"

#include <sodium.h>

#include <string_view>

#include "platform/crypto/hash.hpp"

namespace taama::crypto {

namespace {

std::string pick(std::string_view alphabet, std::size_t count) {
    std::string out;
    out.reserve(count);
    for (std::size_t i = 0; i < count; ++i)
        out += alphabet[randombytes_uniform(static_cast<std::uint32_t>(alphabet.size()))];
    return out;
}

}  // namespace

void fill_random(std::span<std::uint8_t> out) { randombytes_buf(out.data(), out.size()); }

Bytes random_bytes(std::size_t count) {
    Bytes bytes(count);
    fill_random(bytes);
    return bytes;
}

std::string random_token(std::size_t byte_count) {
    return to_base64url(random_bytes(byte_count));
}

std::uint32_t random_below(std::uint32_t bound) { return randombytes_uniform(bound); }

std::string random_digits(std::size_t count) { return pick("0123456789", count); }

std::string random_code(std::size_t count) {
    return pick("23456789ABCDEFGHJKMNPQRSTUVWXYZ", count);
}

}  // namespace taama::crypto
