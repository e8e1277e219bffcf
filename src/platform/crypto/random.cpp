#include "platform/crypto/random.hpp"

#include <pthread.h>
#include <sodium.h>

#include <string_view>

#include "platform/assert.hpp"
#include "platform/crypto/hash.hpp"
#include "platform/crypto/sodium_ready.hpp"

namespace taama::crypto {

namespace {

std::string pick(std::string_view alphabet, std::size_t count) {
    std::string out(count, '\0');
    for (char& c : out) c = alphabet[random_below(static_cast<std::uint32_t>(alphabet.size()))];
    return out;
}

}  // namespace

// The kernel's own generator costs 0.7 µs for each id, and a booking takes a dozen.
bool start_sodium() {
    static const bool ready = [] {
        randombytes_set_implementation(&randombytes_internal_implementation);
        // A child that went on with what its parent had would give out the same.
        pthread_atfork(nullptr, nullptr, randombytes_stir);
        return sodium_init() >= 0;
    }();
    return ready;
}

void ensure_sodium() { ASSERT(start_sodium()); }

void fill_random(std::span<std::uint8_t> out) {
    ensure_sodium();
    randombytes_buf(out.data(), out.size());
}

Bytes random_bytes(std::size_t count) {
    Bytes bytes(count);
    fill_random(bytes);
    return bytes;
}

std::string random_token(std::size_t byte_count) { return to_base64url(random_bytes(byte_count)); }

std::string random_digits(std::size_t count) { return pick("0123456789", count); }

std::string random_code(std::size_t count) {
    return pick("23456789ABCDEFGHJKMNPQRSTUVWXYZ", count);
}

std::uint32_t random_below(std::uint32_t bound) {
    ASSERT(bound > 0);
    ensure_sodium();
    return randombytes_uniform(bound);
}

}  // namespace taama::crypto
