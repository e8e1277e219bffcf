#include "platform/crypto/password.hpp"

#include <crypt.h>
#include <openssl/evp.h>
#include <sodium.h>

#include <charconv>
#include <memory>
#include <optional>
#include <vector>

#include "platform/assert.hpp"
#include "platform/crypto/hash.hpp"
#include "platform/crypto/sodium_ready.hpp"

namespace taama::crypto {

namespace {

constexpr unsigned long long passes = 2;
constexpr std::size_t memory_bytes = 19 * 1024 * 1024;

// A stored hash may come from an import: one that would burn far more than a login may is refused.
constexpr std::uint64_t argon2_memory_kib_max = 64 * 1024;
constexpr std::uint64_t argon2_passes_max = 10;
constexpr std::uint64_t bcrypt_cost_max = 14;
constexpr std::uint64_t scrypt_memory_max = 128 * 1024 * 1024;
constexpr std::uint64_t scrypt_parallel_max = 4;
constexpr std::uint64_t pbkdf2_iterations_max = 2'000'000;
constexpr std::size_t digest_size_max = 128;

std::vector<std::string_view> split(std::string_view text, char separator) {
    std::vector<std::string_view> parts;
    while (true) {
        const auto end = text.find(separator);
        parts.push_back(text.substr(0, end));
        if (end == std::string_view::npos) return parts;
        text.remove_prefix(end + 1);
    }
}

// A whole number of 1 or more after `prefix`.
std::optional<std::uint64_t> number_after(std::string_view prefix, std::string_view text) {
    if (!text.starts_with(prefix)) return std::nullopt;
    text.remove_prefix(prefix.size());
    std::uint64_t value = 0;
    const char* end = text.data() + text.size();
    const auto [stop, error] = std::from_chars(text.data(), end, value);
    if (error != std::errc{} || stop != end || value == 0) return std::nullopt;
    return value;
}

bool verify_argon2(std::string_view stored, std::string_view password) {
    const auto fields = split(stored, '$');  // "", argon2id, v=19, m=…,t=…,p=…, salt, hash
    if (fields.size() != 6) return false;
    const auto costs = split(fields[3], ',');
    if (costs.size() != 3) return false;
    const auto memory_kib = number_after("m=", costs[0]);
    const auto runs = number_after("t=", costs[1]);
    if (!memory_kib || !runs || *memory_kib > argon2_memory_kib_max || *runs > argon2_passes_max)
        return false;
    return crypto_pwhash_str_verify(std::string{stored}.c_str(), password.data(),
                                    password.size()) == 0;
}

bool verify_bcrypt(std::string_view stored, std::string_view password) {
    const auto fields = split(stored, '$');  // "", 2b, cost, salt and hash
    if (fields.size() != 4) return false;
    const auto cost = number_after("", fields[2]);
    if (!cost || *cost > bcrypt_cost_max) return false;
    const std::string setting{stored};
    const auto memory = std::make_unique<crypt_data>();
    const char* computed = crypt_r(std::string{password}.c_str(), setting.c_str(), memory.get());
    return computed != nullptr && constant_time_equal(computed, setting);
}

struct WerkzeugHash {
    std::vector<std::string_view> method;  // scrypt, N, r, p or pbkdf2, sha256, iterations
    std::string_view salt;
    Bytes digest;
};

std::optional<WerkzeugHash> read_werkzeug(std::string_view stored) {
    const auto fields = split(stored, '$');
    if (fields.size() != 3) return std::nullopt;
    auto digest = from_hex(fields[2]);
    if (!digest || digest->empty() || digest->size() > digest_size_max) return std::nullopt;
    return WerkzeugHash{split(fields[0], ':'), fields[1], std::move(*digest)};
}

bool verify_scrypt(const WerkzeugHash& hash, std::string_view password) {
    const auto n = number_after("", hash.method[1]);
    const auto r = number_after("", hash.method[2]);
    const auto p = number_after("", hash.method[3]);
    if (!n || !r || !p || *n > scrypt_memory_max || *r > scrypt_memory_max ||
        *n * *r > scrypt_memory_max / 128 || *p > scrypt_parallel_max)
        return false;
    Bytes computed(hash.digest.size());
    const ByteView salt = hash.salt;
    constexpr std::uint64_t working_memory = scrypt_memory_max + 1024 * 1024;
    return EVP_PBE_scrypt(password.data(), password.size(), salt.data(), salt.size(), *n, *r, *p,
                          working_memory, computed.data(), computed.size()) == 1 &&
           constant_time_equal(computed, hash.digest);
}

bool verify_pbkdf2(const WerkzeugHash& hash, std::string_view password) {
    const auto iterations = number_after("", hash.method[2]);
    if (!iterations || *iterations > pbkdf2_iterations_max) return false;
    Bytes computed(hash.digest.size());
    const ByteView salt = hash.salt;
    return PKCS5_PBKDF2_HMAC(password.data(), static_cast<int>(password.size()), salt.data(),
                             static_cast<int>(salt.size()), static_cast<int>(*iterations),
                             EVP_sha256(), static_cast<int>(computed.size()),
                             computed.data()) == 1 &&
           constant_time_equal(computed, hash.digest);
}

}  // namespace

std::string hash_password(std::string_view password) {
    ensure_sodium();
    std::array<char, crypto_pwhash_STRBYTES> text;
    const int failed = crypto_pwhash_str_alg(text.data(), password.data(), password.size(), passes,
                                             memory_bytes, crypto_pwhash_ALG_ARGON2ID13);
    ASSERT(failed == 0);
    return text.data();
}

bool verify_password(std::string_view stored, std::string_view password) {
    ensure_sodium();
    if (stored.starts_with("$argon2id$")) return verify_argon2(stored, password);
    // bcrypt ends a password there, and PBKDF2 takes it for padding: several passwords would be
    // right.
    if (password.find('\0') != std::string_view::npos) return false;
    if (stored.starts_with("$2a$") || stored.starts_with("$2b$") || stored.starts_with("$2y$"))
        return verify_bcrypt(stored, password);
    const auto hash = read_werkzeug(stored);
    if (!hash) return false;
    if (hash->method.size() == 4 && hash->method[0] == "scrypt")
        return verify_scrypt(*hash, password);
    if (hash->method.size() == 3 && hash->method[0] == "pbkdf2" && hash->method[1] == "sha256")
        return verify_pbkdf2(*hash, password);
    return false;
}

void verify_no_password(std::string_view password) {
    ensure_sodium();
    Digest digest;
    constexpr std::array<std::uint8_t, crypto_pwhash_SALTBYTES> salt{};
    const int failed =
        crypto_pwhash(digest.data(), digest.size(), password.data(), password.size(), salt.data(),
                      passes, memory_bytes, crypto_pwhash_ALG_ARGON2ID13);
    ASSERT(failed == 0);
}

bool needs_rehash(std::string_view stored) {
    ensure_sodium();
    return crypto_pwhash_str_needs_rehash(std::string{stored}.c_str(), passes, memory_bytes) != 0;
}

}  // namespace taama::crypto
