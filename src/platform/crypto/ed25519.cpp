#include "platform/crypto/ed25519.hpp"

#include <sodium.h>

#include "platform/assert.hpp"

namespace taama::crypto {

Ed25519Key::Ed25519Key(const Ed25519Seed& seed) {
    ASSERT(crypto_sign_seed_keypair(public_key_.data(), secret_.data(), seed.data()) == 0);
}

Ed25519Signature Ed25519Key::sign(ByteView message) const {
    Ed25519Signature signature;
    ASSERT(crypto_sign_detached(signature.data(), nullptr, message.data(), message.size(),
                                secret_.data()) == 0);
    return signature;
}

bool verify_ed25519(const Ed25519PublicKey& key, ByteView message, ByteView signature) {
    return signature.size() == crypto_sign_BYTES &&
           crypto_sign_verify_detached(signature.data(), message.data(), message.size(),
                                       key.data()) == 0;
}

}  // namespace taama::crypto
