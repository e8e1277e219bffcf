#include "platform/crypto/jwt.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

namespace taama::crypto {
namespace {

const std::string secret = "0123456789abcdef0123456789abcdef";
const std::string old_secret = "fedcba9876543210fedcba9876543210";
const std::string issuer = "https://taama.example.ci";
const UtcTime now = *parse_utc_time("2026-10-02T08:30:00Z");

TokenClaims claims() {
    return {.audience = Audience::user,
            .subject = *Uuid::parse("2ab8f24e-3ca4-4f0a-82c6-6efb0a27e27c"),
            .session = SessionId{*Uuid::parse("9f32e529-0e77-4441-8e48-0a01ac54002a")},
            .roles = {"client", "driver"},
            .token_id = *Uuid::parse("8b1f0a1e-6f0b-4a55-9a43-0d7c1d1f5e11"),
            .issued_at = now,
            .expires_at = now + 15min};
}

const TokenSigner signer{issuer, {"k2", secret}, {{"k1", old_secret}}};

std::string sign(std::string_view header, std::string_view payload, const std::string& key) {
    const std::string text = to_base64url(header) + '.' + to_base64url(payload);
    return text + '.' + to_base64url(hmac_sha256(key, text));
}

std::string payload_of(const std::string& token) {
    const auto first = token.find('.') + 1;
    const auto bytes = from_base64url(token.substr(first, token.rfind('.') - first)).value();
    return {bytes.begin(), bytes.end()};
}

std::string result(const TokenSigner& of, std::string_view token, UtcTime at = now) {
    const auto verified = of.verify(token, at);
    if (verified) return "good";
    return verified.error() == TokenError::expired ? "expired" : "malformed";
}

TEST(AccessToken, IsAJwsWithTheseClaims_S1_149) {
    const std::string token = signer.issue(claims());
    const std::string header = R"({"alg":"HS256","typ":"at+jwt","kid":"k2"})";
    const std::string payload =
        R"({"iss":"https://taama.example.ci","aud":"taama-user",)"
        R"("sub":"2ab8f24e-3ca4-4f0a-82c6-6efb0a27e27c","sid":"9f32e529-0e77-4441-8e48-0a01ac54002a",)"
        R"("roles":["client","driver"],"jti":"8b1f0a1e-6f0b-4a55-9a43-0d7c1d1f5e11",)"
        R"("iat":1790929800,"exp":1790930700})";
    EXPECT_EQ(token, sign(header, payload, secret));
    EXPECT_EQ(signer.verify(token, now), claims());
}

TEST(AccessToken, AnyClaimsComeBack) {
    for (const auto& roles : {std::vector<std::string>{}, {"rental_admin"}, {"client", "driver"}})
        for (const Audience audience : {Audience::user, Audience::staff}) {
            TokenClaims each = claims();
            each.roles = roles;
            each.audience = audience;
            EXPECT_EQ(signer.verify(signer.issue(each), now), each);
        }
}

TEST(AccessToken, Times) {
    const std::string token = signer.issue(claims());
    EXPECT_EQ(result(signer, token, now + 15min - 1us), "good");
    EXPECT_EQ(result(signer, token, now + 15min), "expired");
    EXPECT_EQ(result(signer, token, now - 60s), "good");
    EXPECT_EQ(result(signer, token, now - 60s - 1us), "malformed");
}

TEST(AccessToken, KeysRotate) {
    const TokenSigner before{issuer, {"k1", old_secret}};
    const TokenSigner after{issuer, {"k3", secret}};
    const std::string token = before.issue(claims());
    EXPECT_EQ(result(signer, token), "good");
    EXPECT_EQ(result(after, token), "malformed");
    EXPECT_EQ(TokenKey::of(secret).id, TokenKey::of(secret).id);
    EXPECT_NE(TokenKey::of(secret).id, TokenKey::of(old_secret).id);
}

TEST(AccessToken, HostileHeaders) {
    const std::string token = signer.issue(claims());
    const std::string payload = payload_of(token);
    const std::string_view headers[] = {
        R"({"alg":"none","typ":"at+jwt","kid":"k2"})",
        R"({"alg":"RS256","typ":"at+jwt","kid":"k2"})",
        R"({"alg":"hs256","typ":"at+jwt","kid":"k2"})",
        R"({"alg":"HS256","typ":"JWT","kid":"k2"})",
        R"({"alg":"HS256","typ":"at+jwt"})",
        R"({"alg":"HS256","typ":"at+jwt","kid":"k3"})",
        R"({"alg":"HS256","typ":"at+jwt","kid":"../../etc/passwd"})",
        R"({"alg":"HS256","typ":"at+jwt","kid":"k2' or '1'='1"})",
        R"({"alg":"HS256","typ":"at+jwt","kid":"k2","jku":"https://evil.example/keys"})",
        R"({"alg":"HS256","typ":"at+jwt","kid":"k2","crit":["exp"]})",
        R"({"typ":"at+jwt","alg":"HS256","kid":"k2"})",
        "",
    };
    for (const std::string_view header : headers) {
        SCOPED_TRACE(header);
        EXPECT_EQ(result(signer, sign(header, payload, secret)), "malformed");
        EXPECT_EQ(result(signer, sign(header, payload, "")), "malformed");
        EXPECT_EQ(result(signer, to_base64url(header) + '.' + to_base64url(payload) + '.'),
                  "malformed");
    }
}

TEST(AccessToken, HostilePayloads) {
    const std::string header = R"({"alg":"HS256","typ":"at+jwt","kid":"k2"})";
    const std::string good = payload_of(signer.issue(claims()));
    struct Change {
        std::string_view from, to;
    };
    const Change changes[] = {
        {R"("iss":"https://taama.example.ci")", R"("iss":"https://evil.example")"},
        {"taama-user", "taama-other"},
        {"taama-user", ""},
        {R"("taama-user")", R"(["taama-user"])"},
        {R"("sub":"2ab8)", R"("sub":"zzzz)"},
        {R"("sub":"2ab8f24e-3ca4-4f0a-82c6-6efb0a27e27c")", R"("sub":1)"},
        {R"("roles":["client","driver"])", R"("roles":["client",])"},
        {R"("roles":["client","driver"])", R"("roles":"client")"},
        {R"("roles":["client","driver"],)", ""},
        {R"("iat":1790929800)", R"("iat":"1790929800")"},
        {R"("iat":1790929800)", R"("iat":-1)"},
        {R"("exp":1790930700)", R"("exp":1e12)"},
        {R"("exp":1790930700)", R"("exp":99999999999999999999)"},
        {R"("exp":1790930700})", R"("exp":1790930700,"admin":true})"},
        {R"("exp":1790930700})", R"("exp":1790930700)"},
    };
    for (const Change& change : changes) {
        SCOPED_TRACE(change.to);
        std::string payload = good;
        payload.replace(payload.find(change.from), change.from.size(), change.to);
        EXPECT_EQ(result(signer, sign(header, payload, secret)), "malformed");
    }
    for (const std::string& payload : {std::string{}, std::string{"{}"}, std::string{"[]"},
                                       good + " ", std::string(100'000, 'x')})
        EXPECT_EQ(result(signer, sign(header, payload, secret)), "malformed");
}

TEST(AccessToken, EveryDamageIsNoticed) {
    const std::string token = signer.issue(claims());
    for (std::size_t at = 0; at < token.size(); ++at) {
        std::string damaged = token;
        damaged[at] = damaged[at] == 'A' ? 'B' : 'A';
        EXPECT_EQ(result(signer, damaged), "malformed") << at;
        EXPECT_EQ(result(signer, token.substr(0, at)), "malformed") << at;
    }
    for (const std::string& text : {token + "A", token + ".", "Bearer " + token, token + token})
        EXPECT_EQ(result(signer, text), "malformed");
}

TEST(AccessTokenDeathTest, ShortSecretsStopTheProgram) {
    EXPECT_DEATH(TokenSigner(issuer, {"k", std::string(31, 'x')}), "assertion failed");
    EXPECT_DEATH(TokenSigner(issuer, {"k\"", secret}), "assertion failed");
}

}  // namespace
}  // namespace taama::crypto
