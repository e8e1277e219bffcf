#pragma once

// Access tokens: JWS HS256 with one fixed header and one fixed order of claims.
//
// The header segment must equal, byte for byte, the one that we write for a configured key. So
// nothing in it is ever interpreted: neither `alg`, nor `kid`, nor `jku`.

#include <cstdint>
#include <expected>
#include <string>
#include <string_view>
#include <vector>

#include "platform/crypto/hash.hpp"
#include "platform/id.hpp"
#include "platform/time/time.hpp"

namespace taama::crypto {

enum class Audience : std::uint8_t { user, staff };  // aud: taama-user, taama-staff

struct TokenClaims {
    Audience audience = Audience::user;
    Uuid subject;                    // sub
    SessionId session;               // sid
    std::vector<std::string> roles;  // a hint; words of a-z and _
    Uuid token_id;                   // jti
    UtcTime issued_at;               // iat, whole seconds
    UtcTime expires_at;              // exp, whole seconds

    bool operator==(const TokenClaims&) const = default;
};

enum class TokenError : std::uint8_t { malformed, expired };

struct TokenKey {
    std::string id;  // kid, 1..64 of A-Z a-z 0-9 . _ -
    std::string secret;

    // The kid is told from the secret, so that two nodes agree without configuring it.
    static TokenKey of(std::string secret);
};

// Immutable; shared between threads.
class TokenSigner {
public:
    static constexpr std::size_t secret_length_min = 32;

    // `issuer` is the public URL. Asserts that every secret has 32 bytes or more.
    TokenSigner(std::string issuer, TokenKey current, std::vector<TokenKey> previous = {});

    std::string issue(const TokenClaims& claims) const;

    // malformed: not ours, or not yet valid (iat more than 60 s ahead); expired: ours, and now >=
    // exp.
    std::expected<TokenClaims, TokenError> verify(std::string_view token, UtcTime now) const;

private:
    struct Key {
        std::string header;  // base64url of the header, with the dot behind it
        HmacKey hmac;
    };
    std::vector<Key> keys_;  // the current one first
    std::string issuer_;     // as a JSON string
};

}  // namespace taama::crypto
