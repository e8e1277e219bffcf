#include "platform/crypto/seal.hpp"

#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/kdf.h>
#include <openssl/params.h>

#include <memory>

#include "platform/assert.hpp"
#include "platform/crypto/random.hpp"

namespace taama::crypto {

namespace {

// Layout: key id (1), nonce (12), ciphertext, tag (16).
constexpr std::size_t nonce_size = 12;
constexpr std::size_t tag_size = 16;
constexpr std::size_t overhead = 1 + nonce_size + tag_size;

struct FreeContext {
    void operator()(EVP_CIPHER_CTX* context) const { EVP_CIPHER_CTX_free(context); }
    void operator()(EVP_KDF_CTX* context) const { EVP_KDF_CTX_free(context); }
    void operator()(EVP_KDF* kdf) const { EVP_KDF_free(kdf); }
};
template <class T>
using Owned = std::unique_ptr<T, FreeContext>;

Digest hkdf(const Digest& secret, std::string_view salt, std::string_view info) {
    static constexpr char digest_name[] = "SHA256";
    const Owned<EVP_KDF> kdf{EVP_KDF_fetch(nullptr, "HKDF", nullptr)};
    const Owned<EVP_KDF_CTX> context{EVP_KDF_CTX_new(kdf.get())};
    const OSSL_PARAM parameters[] = {
        OSSL_PARAM_construct_utf8_string(OSSL_KDF_PARAM_DIGEST, const_cast<char*>(digest_name), 0),
        OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_KEY,
                                          const_cast<std::uint8_t*>(secret.data()), secret.size()),
        OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_SALT, const_cast<char*>(salt.data()),
                                          salt.size()),
        OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_INFO, const_cast<char*>(info.data()),
                                          info.size()),
        OSSL_PARAM_construct_end()};
    Digest out;
    ASSERT(EVP_KDF_derive(context.get(), out.data(), out.size(), parameters) == 1);
    return out;
}

Sealed encrypt(std::uint8_t key_id, const Digest& key, std::string_view purpose,
               std::string_view plain) {
    Sealed out(overhead + plain.size());
    out[0] = key_id;
    const auto nonce = random_bytes(nonce_size);
    std::copy(nonce.begin(), nonce.end(), out.begin() + 1);
    std::uint8_t* cipher = out.data() + 1 + nonce_size;
    const Owned<EVP_CIPHER_CTX> context{EVP_CIPHER_CTX_new()};
    int length = 0;
    const auto plain_size = static_cast<int>(plain.size());
    ASSERT(EVP_EncryptInit_ex(context.get(), EVP_aes_256_gcm(), nullptr, key.data(), nonce.data()) == 1 &&
           EVP_EncryptUpdate(context.get(), nullptr, &length, bytes_of(purpose).data(),
                             static_cast<int>(purpose.size())) == 1 &&
           EVP_EncryptUpdate(context.get(), cipher, &length, bytes_of(plain).data(), plain_size) == 1 &&
           EVP_EncryptFinal_ex(context.get(), cipher + length, &length) == 1 &&
           EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_GCM_GET_TAG, tag_size,
                               cipher + plain_size) == 1);
    return out;
}

std::optional<std::string> decrypt(const Digest& key, std::string_view purpose,
                                   const Sealed& sealed) {
    const std::size_t size = sealed.size() - overhead;
    const std::uint8_t* nonce = sealed.data() + 1;
    const std::uint8_t* cipher = nonce + nonce_size;
    std::string out(size, '\0');
    auto* plain = reinterpret_cast<std::uint8_t*>(out.data());
    const Owned<EVP_CIPHER_CTX> context{EVP_CIPHER_CTX_new()};
    int length = 0;
    const bool authentic =
        EVP_DecryptInit_ex(context.get(), EVP_aes_256_gcm(), nullptr, key.data(), nonce) == 1 &&
        EVP_DecryptUpdate(context.get(), nullptr, &length, bytes_of(purpose).data(),
                          static_cast<int>(purpose.size())) == 1 &&
        EVP_DecryptUpdate(context.get(), plain, &length, cipher, static_cast<int>(size)) == 1 &&
        EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_GCM_SET_TAG, tag_size,
                            const_cast<std::uint8_t*>(cipher + size)) == 1 &&
        EVP_DecryptFinal_ex(context.get(), plain + length, &length) == 1;
    if (!authentic) return std::nullopt;
    return out;
}

}  // namespace

Sealer::Sealer(std::vector<SealingKey> keys) : keys_(std::move(keys)) { ASSERT(!keys_.empty()); }

Sealed Sealer::seal(std::string_view purpose, std::string_view plain) const {
    return encrypt(keys_.front().id, keys_.front().secret, purpose, plain);
}

std::optional<std::string> Sealer::open(std::string_view purpose, const Sealed& sealed) const {
    if (sealed.size() < overhead) return std::nullopt;
    for (const SealingKey& key : keys_)
        if (key.id == sealed[0]) return decrypt(key.secret, purpose, sealed);
    return std::nullopt;
}

Sealed Sealer::seal_under(std::string_view purpose, std::string_view holder_secret,
                          std::string_view plain) const {
    const SealingKey& key = keys_.front();
    return encrypt(key.id, hkdf(key.secret, holder_secret, purpose), purpose, plain);
}

std::optional<std::string> Sealer::open_under(std::string_view purpose,
                                              std::string_view holder_secret,
                                              const Sealed& sealed) const {
    if (sealed.size() < overhead) return std::nullopt;
    for (const SealingKey& key : keys_)
        if (key.id == sealed[0])
            return decrypt(hkdf(key.secret, holder_secret, purpose), purpose, sealed);
    return std::nullopt;
}

std::vector<std::uint8_t> Sealer::blind_index(std::string_view purpose,
                                              std::string_view value) const {
    const Digest digest = hmac_sha256(derive(purpose), value);
    return {digest.begin(), digest.end()};
}

std::string Sealer::derive(std::string_view purpose) const {
    const Digest key = hkdf(keys_.back().secret, "taama", purpose);
    return std::string{text_of(key)};
}

}  // namespace taama::crypto
