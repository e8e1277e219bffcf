#include "platform/crypto/password.hpp"

#include <crypt.h>
#include <openssl/evp.h>
#include <sodium.h>

#include <charconv>
#include <optional>
#include <vector>

#include "platform/assert.hpp"
#include "platform/crypto/hash.hpp"

namespace taama::crypto {

namespace {

constexpr unsigned long long passes = 2;
constexpr std::size_t memory_bytes = 19 * 1024 * 1024;
// Of imported hashes: what would burn more than a login may is refused.
constexpr std::uint64_t scrypt_memory_max = 256 * 1024 * 1024;
constexpr std::uint64_t pbkdf2_iterations_max = 10'000'000;

std::optional<std::uint64_t> number(std::string_view text) {
    std::uint64_t value = 0;
    const auto end = text.data() + text.size();
    const auto result = std::from_chars(text.data(), end, value);
    if (text.empty() || result.ec != std::errc{} || result.ptr != end) return std::nullopt;
    return value;
}

std::vector<std::string_view> parts_of(std::string_view text, char separator) {
    std::vector<std::string_view> parts;
    while (true) {
        const auto at = text.find(separator);
        parts.push_back(text.substr(0, at));
        if (at == std::string_view::npos) return parts;
        text.remove_prefix(at + 1);
    }
}

bool verify_bcrypt(const std::string& hash, const std::string& password) {
    crypt_data data{};
    const char* computed = crypt_r(password.c_str(), hash.c_str(), &data);
    return computed != nullptr && constant_time_equal(computed, hash);
}

// method:parameters$salt$hex
bool verify_werkzeug(std::string_view hash, std::string_view password) {
    const auto fields = parts_of(hash, '$');
    if (fields.size() != 3) return false;
    const auto method = parts_of(fields[0], ':');
    const auto expected = from_hex(fields[2]);
    if (!expected || expected->empty()) return false;
    std::vector<std::uint8_t> computed(expected->size());
    const ByteView salt{fields[1]};
    if (method.size() == 4 && method[0] == "scrypt") {
        const auto n = number(method[1]);
        const auto r = number(method[2]);
        const auto p = number(method[3]);
        if (!n || !r || !p || *n * *r * 128 > scrypt_memory_max) return false;
        if (EVP_PBE_scrypt(password.data(), password.size(), salt.data(), salt.size(), *n, *r, *p,
                           scrypt_memory_max + (1 << 20), computed.data(), computed.size()) != 1)
            return false;
    } else if (method.size() == 3 && method[0] == "pbkdf2" && method[1] == "sha256") {
        const auto iterations = number(method[2]);
        if (!iterations || *iterations == 0 || *iterations > pbkdf2_iterations_max) return false;
        if (PKCS5_PBKDF2_HMAC(password.data(), static_cast<int>(password.size()), salt.data(),
                              static_cast<int>(salt.size()), static_cast<int>(*iterations),
                              EVP_sha256(), static_cast<int>(computed.size()),
                              computed.data()) != 1)
            return false;
    } else {
        return false;
    }
    return constant_time_equal(computed, *expected);
}

}  // namespace

std::string hash_password(std::string_view password) {
    std::string hash(crypto_pwhash_STRBYTES, '\0');
    ASSERT(crypto_pwhash_str_alg(hash.data(), password.data(), password.size(), passes,
                                 memory_bytes, crypto_pwhash_ALG_ARGON2ID13) == 0);
    hash.resize(hash.find('\0'));
    return hash;
}

bool verify_password(std::string_view hash, std::string_view password) {
    const std::string text{hash};
    if (text.starts_with("$argon2id$"))
        return crypto_pwhash_str_verify(text.c_str(), password.data(), password.size()) == 0;
    if (text.starts_with("$2")) return verify_bcrypt(text, std::string{password});
    return verify_werkzeug(hash, password);
}

void verify_no_password(std::string_view password) {
    // A hash with today's parameters that no password has.
    static const std::string unknown = hash_password("\x01 nobody has this password");
    (void)verify_password(unknown, password);
}

bool needs_rehash(std::string_view hash) {
    return crypto_pwhash_str_needs_rehash(std::string{hash}.c_str(), passes, memory_bytes) != 0;
}

}  // namespace taama::crypto
