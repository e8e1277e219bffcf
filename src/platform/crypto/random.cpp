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

std::vector<std::uint8_t> random_bytes(std::size_t count) {
    std::vector<std::uint8_t> bytes(count);
    randombytes_buf(bytes.data(), bytes.size());
    return bytes;
}

std::string random_token(std::size_t bytes) { return to_base64url(random_bytes(bytes)); }

std::string random_digits(std::size_t count) { return pick("0123456789", count); }

std::string random_code(std::size_t count) {
    return pick("23456789ABCDEFGHJKMNPQRSTUVWXYZ", count);
}

}  // namespace taama::crypto
