#include "platform/crypto/jwt.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "platform/assert.hpp"

namespace taama::crypto {

namespace {

constexpr std::size_t token_size_max = 2048;
constexpr std::size_t signature_size = 43;  // 32 bytes in base64url
constexpr std::size_t roles_max = 16;
constexpr Seconds clock_skew_max{60};

constexpr std::string_view user_audience = "taama-user";
constexpr std::string_view staff_audience = "taama-staff";

bool is_word_of(std::string_view text, std::string_view others) {
    return !text.empty() && std::ranges::all_of(text, [&](char c) {
        return (c >= 'a' && c <= 'z') || others.find(c) != std::string_view::npos;
    });
}

std::string json_string(std::string_view text) {
    std::string out = "\"";
    for (const char c : text) {
        ASSERT(static_cast<unsigned char>(c) >= 0x20);
        if (c == '"' || c == '\\') out += '\\';
        out += c;
    }
    return out + '"';
}

// Reads the claims in the one order in which issue() writes them.
class ClaimsReader {
public:
    explicit ClaimsReader(std::string_view text) : rest_(text) {}

    bool literal(std::string_view expected) {
        if (!rest_.starts_with(expected)) return false;
        rest_.remove_prefix(expected.size());
        return true;
    }
    bool audience(Audience& out) {
        const auto word = quoted();
        out = word == staff_audience ? Audience::staff : Audience::user;
        return word == staff_audience || word == user_audience;
    }
    bool uuid(Uuid& out) {
        const auto value = Uuid::parse(quoted());
        if (value) out = *value;
        return value.has_value();
    }
    bool roles(std::vector<std::string>& out) {
        if (!literal("[")) return false;
        if (literal("]")) return true;
        do {
            const auto word = quoted();
            if (word.empty() || out.size() == roles_max) return false;
            out.emplace_back(word);
        } while (literal(","));
        return literal("]");
    }
    bool time(UtcTime& out) {
        std::int64_t seconds = 0;
        const char* end = rest_.data() + rest_.size();
        const auto [stop, error] = std::from_chars(rest_.data(), end, seconds);
        constexpr std::int64_t year_10000 = 253'402'300'800;
        if (error != std::errc{} || seconds < 0 || seconds >= year_10000) return false;
        rest_.remove_prefix(static_cast<std::size_t>(stop - rest_.data()));
        out = UtcTime{Seconds{seconds}};
        return true;
    }
    bool at_end() const { return rest_.empty(); }

private:
    // A string without escapes; empty when there is none.
    std::string_view quoted() {
        if (!literal("\"")) return {};
        const auto end = rest_.find('"');
        if (end == std::string_view::npos) return {};
        const auto word = rest_.substr(0, end);
        rest_.remove_prefix(end + 1);
        return word.find('\\') == std::string_view::npos ? word : std::string_view{};
    }

    std::string_view rest_;
};

std::int64_t unix_seconds(UtcTime time) {
    return std::chrono::floor<Seconds>(time.time_since_epoch()).count();
}

}  // namespace

TokenKey TokenKey::of(std::string secret) {
    // One way: the id tells nothing about the secret.
    std::string id = to_hex(hmac_sha256(secret, "taama.kid")).substr(0, 16);
    return {std::move(id), std::move(secret)};
}

TokenSigner::TokenSigner(std::string issuer, TokenKey current, std::vector<TokenKey> previous)
    : issuer_(json_string(issuer)) {
    const auto add = [this](const TokenKey& key) {
        ASSERT(key.secret.size() >= secret_length_min);
        ASSERT(is_word_of(key.id, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-"));
        std::string header =
            to_base64url(fmt::format(R"({{"alg":"HS256","typ":"at+jwt","kid":"{}"}})", key.id));
        keys_.push_back({std::move(header) + '.', HmacKey{key.secret}});
    };
    add(current);
    for (const TokenKey& key : previous) add(key);
}

std::string TokenSigner::issue(const TokenClaims& claims) const {
    ASSERT(claims.roles.size() <= roles_max);
    std::string payload = R"({"iss":)" + issuer_ + R"(,"aud":")";
    payload += claims.audience == Audience::staff ? staff_audience : user_audience;
    payload += R"(","sub":")";
    claims.subject.append_to(payload);
    payload += R"(","sid":")";
    claims.session.uuid.append_to(payload);
    payload += R"(","roles":[)";
    for (const std::string& role : claims.roles) {
        ASSERT(is_word_of(role, "_"));
        if (payload.back() != '[') payload += ',';
        payload += '"' + role + '"';
    }
    payload += R"(],"jti":")";
    claims.token_id.append_to(payload);
    fmt::format_to(std::back_inserter(payload), R"(","iat":{},"exp":{}}})",
                   unix_seconds(claims.issued_at), unix_seconds(claims.expires_at));
    std::string token = keys_.front().header;
    append_base64url(token, payload);
    const Digest signature = keys_.front().hmac.sign(token);
    token += '.';
    append_base64url(token, signature);
    return token;
}

std::expected<TokenClaims, TokenError> TokenSigner::verify(std::string_view token,
                                                           UtcTime now) const {
    const auto malformed = std::unexpected(TokenError::malformed);
    const auto key = std::ranges::find_if(
        keys_, [&](const Key& each) { return token.starts_with(each.header); });
    if (key == keys_.end() || token.size() > token_size_max ||
        token.size() <= key->header.size() + signature_size + 1 ||
        token[token.size() - signature_size - 1] != '.')
        return malformed;
    const auto signed_part = token.substr(0, token.size() - signature_size - 1);
    Digest signature;
    if (read_base64url(token.substr(signed_part.size() + 1), signature) != signature.size() ||
        !constant_time_equal(signature, key->hmac.sign(signed_part)))
        return malformed;

    std::array<std::uint8_t, token_size_max> memory;
    const auto size = read_base64url(signed_part.substr(key->header.size()), memory);
    if (!size) return malformed;
    ClaimsReader reader{{reinterpret_cast<const char*>(memory.data()), *size}};
    TokenClaims claims;
    const bool readable = reader.literal(R"({"iss":)") && reader.literal(issuer_) &&
                          reader.literal(R"(,"aud":)") && reader.audience(claims.audience) &&
                          reader.literal(R"(,"sub":)") && reader.uuid(claims.subject) &&
                          reader.literal(R"(,"sid":)") && reader.uuid(claims.session.uuid) &&
                          reader.literal(R"(,"roles":)") && reader.roles(claims.roles) &&
                          reader.literal(R"(,"jti":)") && reader.uuid(claims.token_id) &&
                          reader.literal(R"(,"iat":)") && reader.time(claims.issued_at) &&
                          reader.literal(R"(,"exp":)") && reader.time(claims.expires_at) &&
                          reader.literal("}") && reader.at_end();
    if (!readable || claims.issued_at > now + clock_skew_max) return malformed;
    if (now >= claims.expires_at) return std::unexpected(TokenError::expired);
    return claims;
}

}  // namespace taama::crypto
