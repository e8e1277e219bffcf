#include <fmt/format.h>

#include "modules/files/files.hpp"
#include "platform/crypto/hash.hpp"

namespace taama::files {

namespace {

std::int64_t to_seconds(UtcTime time) {
    return std::chrono::floor<Seconds>(time).time_since_epoch().count();
}

std::string read_text(FileId file, std::string_view variant, std::int64_t expires_s) {
    return fmt::format("read {} {} {}", file.to_string(), variant, expires_s);
}

std::string upload_text(const Urls::Upload& upload, std::int64_t expires_s) {
    return fmt::format("put {} {} {} {}", upload.file.to_string(), upload.content_type, upload.size,
                       expires_s);
}

}  // namespace

Urls::Urls(std::string public_url, std::string signing_key)
    : public_url_(std::move(public_url)), signing_key_(std::move(signing_key)) {}

std::string Urls::sign(std::string_view text) const {
    return crypto::to_base64url(crypto::hmac_sha256(signing_key_, text));
}

std::string Urls::media(FileId file, std::string_view variant) const {
    return fmt::format("{}/media/{}/{}", public_url_, file.to_string(), variant);
}

SignedUrl Urls::read(FileId file, std::string_view variant, UtcTime expires_at) const {
    const std::int64_t expires_s = to_seconds(expires_at);
    return {fmt::format("{}/api/v1/files/{}/content?variant={}&exp={}&sig={}", public_url_,
                        file.to_string(), variant, expires_s,
                        sign(read_text(file, variant, expires_s))),
            expires_at};
}

bool Urls::read_signature_matches(FileId file, std::string_view variant, std::int64_t expires_s,
                                  std::string_view signature) const {
    return crypto::constant_time_equal(sign(read_text(file, variant, expires_s)), signature);
}

SignedUrl Urls::upload(const Upload& upload, UtcTime expires_at) const {
    const std::int64_t expires_s = to_seconds(expires_at);
    return {fmt::format("{}/api/v1/files/{}/content?exp={}&sig={}", public_url_,
                        upload.file.to_string(), expires_s, sign(upload_text(upload, expires_s))),
            expires_at};
}

bool Urls::upload_signature_matches(const Upload& upload, std::int64_t expires_s,
                                    std::string_view signature) const {
    return crypto::constant_time_equal(sign(upload_text(upload, expires_s)), signature);
}

}  // namespace taama::files
