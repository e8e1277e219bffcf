// The low-level SHA-256 functions are the only ones whose midstate can be kept.
#define OPENSSL_SUPPRESS_DEPRECATED

#include "platform/crypto/hash.hpp"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/sha.h>
#include <sodium.h>

#include <algorithm>

#include "platform/assert.hpp"

namespace taama::crypto {

namespace {

std::string encode(ByteView bytes, int variant) {
    std::string out(sodium_base64_encoded_len(bytes.size(), variant), '\0');
    sodium_bin2base64(out.data(), out.size(), bytes.data(), bytes.size(), variant);
    out.pop_back();  // libsodium writes a terminating zero
    return out;
}

// libsodium accepts loose bits in the last character; one text per value only.
std::optional<Bytes> decode(std::string_view text, int variant) {
    Bytes out(text.size() * 3 / 4 + 3);
    std::size_t length = 0;
    const char* end = nullptr;
    if (sodium_base642bin(out.data(), out.size(), text.data(), text.size(), nullptr, &length, &end,
                          variant) != 0 ||
        end != text.data() + text.size())
        return std::nullopt;
    out.resize(length);
    if (encode(out, variant) != text) return std::nullopt;
    return out;
}

constexpr std::size_t block_size = 64;

std::array<std::uint32_t, 8> state_after(const std::array<std::uint8_t, block_size>& block) {
    SHA256_CTX context;
    SHA256_Init(&context);
    SHA256_Update(&context, block.data(), block.size());
    std::array<std::uint32_t, 8> state;
    std::ranges::copy(context.h, state.begin());
    return state;
}

SHA256_CTX resume(const std::array<std::uint32_t, 8>& state) {
    SHA256_CTX context;
    SHA256_Init(&context);
    std::ranges::copy(state, context.h);
    context.Nl = block_size * 8;  // one block was hashed
    return context;
}

}  // namespace

Digest sha256(ByteView data) {
    Digest digest;
    SHA256(data.data(), data.size(), digest.data());
    return digest;
}

Digest hmac_sha256(ByteView key, ByteView data) { return HmacKey{key}.sign(data); }

HmacKey::HmacKey(ByteView key) {
    std::array<std::uint8_t, block_size> block{};
    if (key.size() > block_size)
        std::ranges::copy(sha256(key), block.begin());
    else
        std::ranges::copy(key, block.begin());
    for (std::uint8_t& byte : block) byte ^= 0x36;
    inner_.state = state_after(block);
    for (std::uint8_t& byte : block) byte ^= 0x36 ^ 0x5c;
    outer_.state = state_after(block);
}

Digest HmacKey::sign(ByteView data) const {
    Digest digest;
    SHA256_CTX inner = resume(inner_.state);
    SHA256_Update(&inner, data.data(), data.size());
    SHA256_Final(digest.data(), &inner);
    SHA256_CTX outer = resume(outer_.state);
    SHA256_Update(&outer, digest.data(), digest.size());
    SHA256_Final(digest.data(), &outer);
    return digest;
}

Sha256Stream::Sha256Stream() : context_(EVP_MD_CTX_new()) {
    ASSERT(EVP_DigestInit_ex(static_cast<EVP_MD_CTX*>(context_), EVP_sha256(), nullptr) == 1);
}

Sha256Stream::~Sha256Stream() { EVP_MD_CTX_free(static_cast<EVP_MD_CTX*>(context_)); }

void Sha256Stream::update(ByteView data) {
    ASSERT(EVP_DigestUpdate(static_cast<EVP_MD_CTX*>(context_), data.data(), data.size()) == 1);
}

Digest Sha256Stream::finish() {
    Digest digest;
    ASSERT(EVP_DigestFinal_ex(static_cast<EVP_MD_CTX*>(context_), digest.data(), nullptr) == 1);
    return digest;
}

// One block of output needs one expansion.
Digest hkdf_sha256(ByteView key, ByteView salt, ByteView info) {
    const Digest extracted = hmac_sha256(salt, key);
    Bytes message{info.begin(), info.end()};
    message.push_back(1);
    return hmac_sha256(extracted, message);
}

bool constant_time_equal(ByteView a, ByteView b) {
    return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

std::string to_hex(ByteView data) {
    static constexpr char digits[] = "0123456789abcdef";
    std::string out;
    out.reserve(data.size() * 2);
    for (const std::uint8_t byte : data) {
        out += digits[byte >> 4];
        out += digits[byte & 15];
    }
    return out;
}

std::optional<Bytes> from_hex(std::string_view text) {
    Bytes out(text.size() / 2);
    std::size_t length = 0;
    const char* end = nullptr;
    if (text.size() % 2 != 0 ||
        sodium_hex2bin(out.data(), out.size(), text.data(), text.size(), nullptr, &length, &end) !=
            0 ||
        length != out.size())
        return std::nullopt;
    return out;
}

std::string to_base64(ByteView data) { return encode(data, sodium_base64_VARIANT_ORIGINAL); }

std::optional<Bytes> from_base64(std::string_view text) {
    return decode(text, sodium_base64_VARIANT_ORIGINAL);
}

std::string to_base64url(ByteView data) {
    return encode(data, sodium_base64_VARIANT_URLSAFE_NO_PADDING);
}

void append_base64url(std::string& out, ByteView data) { out += to_base64url(data); }

std::optional<Bytes> from_base64url(std::string_view text) {
    return decode(text, sodium_base64_VARIANT_URLSAFE_NO_PADDING);
}

}  // namespace taama::crypto
