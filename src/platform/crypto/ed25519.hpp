#pragma once

// Ed25519 (RFC 8032): tickets and receipts that anyone can check without asking us.

#include "platform/crypto/bytes.hpp"

namespace taama::crypto {

using Ed25519Seed = std::array<std::uint8_t, 32>;
using Ed25519PublicKey = std::array<std::uint8_t, 32>;
using Ed25519Signature = std::array<std::uint8_t, 64>;

// Immutable; shared between threads.
class Ed25519Key {
public:
    explicit Ed25519Key(const Ed25519Seed& seed);

    const Ed25519PublicKey& public_key() const { return public_key_; }
    Ed25519Signature sign(ByteView message) const;

private:
    Ed25519PublicKey public_key_;
    std::array<std::uint8_t, 64> secret_;
};

bool verify_ed25519(const Ed25519PublicKey& key, ByteView message, ByteView signature);

}  // namespace taama::crypto
