#include "platform/crypto/jwt.hpp"

#include <boost/json/monotonic_resource.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include <algorithm>

#include "platform/assert.hpp"
#include "platform/crypto/hash.hpp"

namespace taama::crypto {

namespace {

constexpr std::string_view user_audience = "taama-user";
constexpr std::string_view staff_audience = "taama-staff";
constexpr std::size_t token_size_max = 4096;
constexpr Seconds issued_leeway{60};

std::int64_t to_seconds(UtcTime time) {
    return std::chrono::floor<Seconds>(time.time_since_epoch()).count();
}

std::optional<TokenClaims> read_claims(const boost::json::object& object,
                                       std::string_view issuer) {
    const auto text = [&](std::string_view name) -> std::string_view {
        const auto* value = object.if_contains(name);
        if (value == nullptr || !value->is_string()) return {};
        return {value->get_string().data(), value->get_string().size()};
    };
    const auto time = [&](std::string_view name) -> std::optional<UtcTime> {
        const auto* value = object.if_contains(name);
        if (value == nullptr || !value->is_int64() || value->get_int64() < 0 ||
            value->get_int64() > 253'402'300'799)
            return std::nullopt;
        return UtcTime{Seconds{value->get_int64()}};
    };
    if (text("iss") != issuer) return std::nullopt;
    const auto subject = Uuid::parse(text("sub"));
    const auto session = Uuid::parse(text("sid"));
    const auto token_id = Uuid::parse(text("jti"));
    const auto issued_at = time("iat");
    const auto expires_at = time("exp");
    const auto* roles = object.if_contains("roles");
    const bool staff = text("aud") == staff_audience;
    if (!subject || !session || !token_id || !issued_at || !expires_at || roles == nullptr ||
        !roles->is_array() || (!staff && text("aud") != user_audience))
        return std::nullopt;
    TokenClaims claims{.audience = staff ? Audience::staff : Audience::user,
                       .subject = *subject,
                       .session = SessionId{*session},
                       .roles = {},
                       .token_id = *token_id,
                       .issued_at = *issued_at,
                       .expires_at = *expires_at};
    for (const auto& role : roles->get_array()) {
        if (!role.is_string()) return std::nullopt;
        claims.roles.emplace_back(role.get_string());
    }
    return claims;
}

}  // namespace

TokenKey TokenKey::of(std::string secret) {
    const Digest digest = sha256(secret);
    return {to_hex(std::span{digest}.first(4)), std::move(secret)};
}

TokenSigner::TokenSigner(std::string issuer, TokenKey current, std::vector<TokenKey> previous)
    : issuer_(std::move(issuer)) {
    previous.insert(previous.begin(), std::move(current));
    for (const TokenKey& key : previous) {
        ASSERT(key.secret.size() >= secret_length_min);
        const std::string header = R"({"alg":"HS256","typ":"at+jwt","kid":")" + key.id + "\"}";
        keys_.push_back({to_base64url(header) + '.', HmacKey{key.secret}});
    }
}

std::string TokenSigner::issue(const TokenClaims& claims) const {
    boost::json::array roles;
    for (const std::string& role : claims.roles) roles.emplace_back(role);
    const std::string payload = boost::json::serialize(
        boost::json::value{{"iss", issuer_},
                           {"aud", claims.audience == Audience::staff ? staff_audience : user_audience},
                           {"sub", claims.subject.to_string()},
                           {"sid", claims.session.to_string()},
                           {"jti", claims.token_id.to_string()},
                           {"roles", std::move(roles)},
                           {"iat", to_seconds(claims.issued_at)},
                           {"exp", to_seconds(claims.expires_at)}});
    const Key& key = keys_.front();
    std::string token = key.header + to_base64url(payload);
    const Digest signature = key.hmac.sign(token);
    token += '.';
    token += to_base64url(signature);
    return token;
}

std::expected<TokenClaims, TokenError> TokenSigner::verify(std::string_view token,
                                                           UtcTime now) const {
    const auto malformed = std::unexpected{TokenError::malformed};
    if (token.size() > token_size_max) return malformed;
    const auto key = std::ranges::find_if(
        keys_, [&](const Key& each) { return token.starts_with(each.header); });
    const auto dot = token.rfind('.');
    if (key == keys_.end() || dot < key->header.size()) return malformed;
    const Digest expected = key->hmac.sign(token.substr(0, dot));
    const auto signature = from_base64url(token.substr(dot + 1));
    if (!signature || !constant_time_equal(*signature, expected))
        return malformed;
    const auto payload =
        from_base64url(token.substr(key->header.size(), dot - key->header.size()));
    if (!payload) return malformed;
    unsigned char memory[2048];
    boost::json::monotonic_resource resource{memory};
    boost::json::error_code error;
    const auto value = boost::json::parse(
        {reinterpret_cast<const char*>(payload->data()), payload->size()}, error, &resource);
    if (error || !value.is_object()) return malformed;
    auto claims = read_claims(value.get_object(), issuer_);
    if (!claims || claims->issued_at > now + issued_leeway) return malformed;
    if (now >= claims->expires_at) return std::unexpected{TokenError::expired};
    return std::move(*claims);
}

}  // namespace taama::crypto
