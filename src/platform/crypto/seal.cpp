#include "platform/crypto/seal.hpp"

#include <openssl/evp.h>

#include <memory>

#include "platform/assert.hpp"
#include "platform/crypto/hash.hpp"
#include "platform/crypto/random.hpp"

namespace taama::crypto {

namespace {

constexpr std::uint8_t format = 1;
constexpr std::size_t nonce_size = 12;
constexpr std::size_t tag_size = 16;
constexpr std::size_t header_size = 2;
constexpr std::size_t overhead = header_size + nonce_size + tag_size;

struct FreeContext {
    void operator()(EVP_CIPHER_CTX* context) const { EVP_CIPHER_CTX_free(context); }
};
using Context = std::unique_ptr<EVP_CIPHER_CTX, FreeContext>;

Bytes encrypt(std::uint8_t key_id, const Key& key, ByteView purpose, ByteView plain) {
    Bytes out(overhead + plain.size());
    out[0] = format;
    out[1] = key_id;
    const std::span nonce{out.data() + header_size, nonce_size};
    fill_random(nonce);
    std::uint8_t* cipher = out.data() + header_size + nonce_size;
    const Context context{EVP_CIPHER_CTX_new()};
    int length = 0;
    const auto plain_size = static_cast<int>(plain.size());
    ASSERT(EVP_EncryptInit_ex(context.get(), EVP_aes_256_gcm(), nullptr, key.data(), nonce.data()) == 1 &&
           EVP_EncryptUpdate(context.get(), nullptr, &length, purpose.data(),
                             static_cast<int>(purpose.size())) == 1 &&
           EVP_EncryptUpdate(context.get(), cipher, &length, plain.data(), plain_size) == 1 &&
           EVP_EncryptFinal_ex(context.get(), cipher + length, &length) == 1 &&
           EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_GCM_GET_TAG, tag_size,
                               cipher + plain_size) == 1);
    return out;
}

std::optional<std::string> decrypt(const Key& key, ByteView purpose, ByteView box) {
    const std::size_t size = box.size() - overhead;
    const std::uint8_t* nonce = box.data() + header_size;
    const std::uint8_t* cipher = nonce + nonce_size;
    std::string out(size, '\0');
    auto* plain = reinterpret_cast<std::uint8_t*>(out.data());
    const Context context{EVP_CIPHER_CTX_new()};
    int length = 0;
    const bool authentic =
        EVP_DecryptInit_ex(context.get(), EVP_aes_256_gcm(), nullptr, key.data(), nonce) == 1 &&
        EVP_DecryptUpdate(context.get(), nullptr, &length, purpose.data(),
                          static_cast<int>(purpose.size())) == 1 &&
        EVP_DecryptUpdate(context.get(), plain, &length, cipher, static_cast<int>(size)) == 1 &&
        EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_GCM_SET_TAG, tag_size,
                            const_cast<std::uint8_t*>(cipher + size)) == 1 &&
        EVP_DecryptFinal_ex(context.get(), plain + length, &length) == 1;
    if (!authentic) return std::nullopt;
    return out;
}

bool is_box(ByteView box) { return box.size() >= overhead && box.data()[0] == format; }

}  // namespace

Sealer::Sealer(SealerKeys keys) : keys_(std::move(keys)) {}

const Key* Sealer::find_key(std::uint8_t id) const {
    if (keys_.current.id == id) return &keys_.current.key;
    for (const SealingKey& older : keys_.older)
        if (older.id == id) return &older.key;
    return nullptr;
}

Bytes Sealer::seal(std::string_view purpose, ByteView plain) const {
    return encrypt(keys_.current.id, keys_.current.key, purpose, plain);
}

std::optional<std::string> Sealer::open(std::string_view purpose, ByteView box) const {
    const Key* key = is_box(box) ? find_key(box.data()[1]) : nullptr;
    return key == nullptr ? std::nullopt : decrypt(*key, purpose, box);
}

bool Sealer::is_stale(ByteView box) const {
    return !is_box(box) || box.data()[1] != keys_.current.id;
}

Bytes Sealer::seal_under(std::string_view purpose, std::string_view secret, ByteView plain) const {
    return encrypt(keys_.current.id, hkdf_sha256(keys_.current.key, secret, purpose), purpose,
                   plain);
}

std::optional<std::string> Sealer::open_under(std::string_view purpose, std::string_view secret,
                                              ByteView box) const {
    const Key* key = is_box(box) ? find_key(box.data()[1]) : nullptr;
    if (key == nullptr) return std::nullopt;
    return decrypt(hkdf_sha256(*key, secret, purpose), purpose, box);
}

Digest Sealer::blind_index(std::string_view purpose, std::string_view text) const {
    return hmac_sha256(derive(purpose), text);
}

Key Sealer::derive(std::string_view purpose) const {
    return hkdf_sha256(keys_.root, "taama", purpose);
}

}  // namespace taama::crypto
