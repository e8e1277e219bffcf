#include "platform/crypto/seal.hpp"

#include <openssl/evp.h>

#include <algorithm>
#include <limits>
#include <memory>

#include "platform/assert.hpp"
#include "platform/crypto/hash.hpp"
#include "platform/crypto/random.hpp"

namespace taama::crypto {

namespace {

constexpr std::uint8_t format = 1;
constexpr std::size_t header_size = 2;  // format, key id
constexpr std::size_t nonce_size = 12;
constexpr std::size_t tag_size = 16;
constexpr std::size_t overhead = header_size + nonce_size + tag_size;

struct FreeContext {
    void operator()(EVP_CIPHER_CTX* context) const { EVP_CIPHER_CTX_free(context); }
};
using Context = std::unique_ptr<EVP_CIPHER_CTX, FreeContext>;

Context make_context() {
    Context context{EVP_CIPHER_CTX_new()};
    ASSERT(context != nullptr);
    return context;
}

int to_int(std::size_t size) {
    ASSERT(size <= static_cast<std::size_t>(std::numeric_limits<int>::max()));
    return static_cast<int>(size);
}

Bytes encrypt(const SealingKey& key, ByteView purpose, ByteView plain) {
    Bytes box(overhead + plain.size());
    box[0] = format;
    box[1] = key.id;
    std::uint8_t* nonce = box.data() + header_size;
    fill_random({nonce, nonce_size});
    std::uint8_t* cipher = nonce + nonce_size;
    const Context context = make_context();
    int length = 0;
    const bool done =
        EVP_EncryptInit_ex(context.get(), EVP_aes_256_gcm(), nullptr, key.key.data(), nonce) == 1 &&
        EVP_EncryptUpdate(context.get(), nullptr, &length, purpose.data(),
                          to_int(purpose.size())) == 1 &&
        EVP_EncryptUpdate(context.get(), cipher, &length, plain.data(), to_int(plain.size())) ==
            1 &&
        EVP_EncryptFinal_ex(context.get(), cipher + length, &length) == 1 &&
        EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_GCM_GET_TAG, tag_size, cipher + plain.size()) ==
            1;
    ASSERT(done);
    return box;
}

std::optional<std::string> decrypt(const Key& key, ByteView purpose, ByteView box) {
    const std::size_t size = box.size() - overhead;
    const std::uint8_t* nonce = box.data() + header_size;
    const std::uint8_t* cipher = nonce + nonce_size;
    std::array<std::uint8_t, tag_size> tag;
    std::copy_n(cipher + size, tag_size, tag.begin());
    std::string out(size, '\0');
    auto* plain = reinterpret_cast<std::uint8_t*>(out.data());
    const Context context = make_context();
    int length = 0;
    const bool authentic =
        EVP_DecryptInit_ex(context.get(), EVP_aes_256_gcm(), nullptr, key.data(), nonce) == 1 &&
        EVP_DecryptUpdate(context.get(), nullptr, &length, purpose.data(),
                          to_int(purpose.size())) == 1 &&
        EVP_DecryptUpdate(context.get(), plain, &length, cipher, to_int(size)) == 1 &&
        EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_GCM_SET_TAG, tag_size, tag.data()) == 1 &&
        EVP_DecryptFinal_ex(context.get(), plain + length, &length) == 1;
    if (!authentic) return std::nullopt;
    return out;
}

}  // namespace

Sealer::Sealer(SealerKeys keys) : keys_(std::move(keys)) {}

const Key* Sealer::find_key(std::uint8_t id) const {
    if (keys_.current.id == id) return &keys_.current.key;
    const auto found = std::ranges::find(keys_.older, id, &SealingKey::id);
    return found == keys_.older.end() ? nullptr : &found->key;
}

Bytes Sealer::seal(std::string_view purpose, ByteView plain) const {
    return encrypt(keys_.current, purpose, plain);
}

std::optional<std::string> Sealer::open(std::string_view purpose, ByteView box) const {
    if (box.size() < overhead || box.data()[0] != format) return std::nullopt;
    const Key* key = find_key(box.data()[1]);
    return key == nullptr ? std::nullopt : decrypt(*key, purpose, box);
}

bool Sealer::is_stale(ByteView box) const {
    return box.size() < overhead || box.data()[1] != keys_.current.id;
}

Bytes Sealer::seal_under(std::string_view purpose, std::string_view secret, ByteView plain) const {
    return encrypt({keys_.current.id, hkdf_sha256(keys_.current.key, secret, purpose)}, purpose,
                   plain);
}

std::optional<std::string> Sealer::open_under(std::string_view purpose, std::string_view secret,
                                              ByteView box) const {
    if (box.size() < overhead || box.data()[0] != format) return std::nullopt;
    const Key* key = find_key(box.data()[1]);
    return key == nullptr ? std::nullopt
                          : decrypt(hkdf_sha256(*key, secret, purpose), purpose, box);
}

Digest Sealer::blind_index(std::string_view purpose, std::string_view text) const {
    return hmac_sha256(hkdf_sha256(keys_.root, "taama.blind", purpose), text);
}

Key Sealer::derive(std::string_view purpose) const {
    return hkdf_sha256(keys_.root, "taama.derive", purpose);
}

}  // namespace taama::crypto
