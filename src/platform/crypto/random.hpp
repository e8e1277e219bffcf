#pragma once

// Random values, for secrets too: by libsodium's generator, which the system seeds once for each
// thread and each process.

#include <cstddef>
#include <string>

#include "platform/crypto/bytes.hpp"

namespace taama::crypto {

void fill_random(std::span<std::uint8_t> out);
Bytes random_bytes(std::size_t count);

// `byte_count` random bytes as base64url: 32 bytes are 43 characters.
std::string random_token(std::size_t byte_count);
// Uniform over 0…0 to 9…9, leading zeros kept: one-time codes.
std::string random_digits(std::size_t count);
// Characters that people do not mix up: 23456789ABCDEFGHJKMNPQRSTUVWXYZ, uniform.
std::string random_code(std::size_t count);
// Uniform in 0 .. bound - 1. bound > 0.
std::uint32_t random_below(std::uint32_t bound);

}  // namespace taama::crypto
