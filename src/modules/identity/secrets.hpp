#pragma once

// Codes, tokens and what is stored of them: keyed hashes only, so that a stolen table opens
// nothing.

#include <string>
#include <string_view>

#include "platform/crypto/hash.hpp"
#include "platform/crypto/seal.hpp"
#include "platform/id.hpp"
#include "platform/pg/value.hpp"

namespace taama::identity {

class Secrets {
public:
    explicit Secrets(const crypto::Sealer& sealer);

    // HMAC-SHA-256 of kind and value: a code's hash is no refresh token's.
    pg::Bytes hash(std::string_view kind, std::string_view value) const;
    bool matches(const pg::Bytes& stored, std::string_view kind, std::string_view value) const;

    // base64url(HMAC-SHA-256(server key, sid)).
    std::string csrf_token(SessionId session) const;

    pg::Bytes seal(std::string_view purpose, std::string_view plain) const;
    std::string open(std::string_view purpose, const pg::Bytes& sealed) const;
    // The same as base64url, for payloads of events.
    std::string seal_text(std::string_view purpose, std::string_view plain) const;
    pg::Bytes blind_index(std::string_view purpose, std::string_view value) const;

private:
    const crypto::Sealer& sealer_;
    crypto::HmacKey hash_key_;
    crypto::HmacKey csrf_key_;
};

}  // namespace taama::identity
