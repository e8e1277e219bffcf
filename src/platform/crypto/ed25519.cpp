#include "platform/crypto/ed25519.hpp"

#include <sodium.h>

#include "platform/assert.hpp"
#include "platform/crypto/sodium_ready.hpp"

namespace taama::crypto {

Ed25519Key::Ed25519Key(const Ed25519Seed& seed) {
    ensure_sodium();
    const int failed = crypto_sign_seed_keypair(public_key_.data(), secret_.data(), seed.data());
    ASSERT(failed == 0);
}

Ed25519Signature Ed25519Key::sign(ByteView message) const {
    Ed25519Signature signature;
    const int failed = crypto_sign_detached(signature.data(), nullptr, message.data(),
                                            message.size(), secret_.data());
    ASSERT(failed == 0);
    return signature;
}

bool verify_ed25519(const Ed25519PublicKey& key, ByteView message, ByteView signature) {
    ensure_sodium();
    return signature.size() == Ed25519Signature{}.size() &&
           crypto_sign_verify_detached(signature.data(), message.data(), message.size(),
                                       key.data()) == 0;
}

}  // namespace taama::crypto
