#include "modules/identity/secrets.hpp"

#include <fmt/format.h>

#include <stdexcept>

namespace taama::identity {

Secrets::Secrets(const crypto::Sealer& sealer)
    : sealer_(sealer),
      hash_key_(sealer.derive("identity.hash")),
      csrf_key_(sealer.derive("identity.csrf")) {}

pg::Bytes Secrets::hash(std::string_view kind, std::string_view value) const {
    const auto digest = hash_key_.sign(fmt::format("{}\n{}", kind, value));
    return {digest.begin(), digest.end()};
}

bool Secrets::matches(const pg::Bytes& stored, std::string_view kind,
                      std::string_view value) const {
    return crypto::constant_time_equal(stored, hash(kind, value));
}

std::string Secrets::csrf_token(SessionId session) const {
    return crypto::to_base64url(csrf_key_.sign(session.to_string()));
}

pg::Bytes Secrets::seal(std::string_view purpose, std::string_view plain) const {
    return sealer_.seal(purpose, plain);
}

std::string Secrets::open(std::string_view purpose, const pg::Bytes& sealed) const {
    auto plain = sealer_.open(purpose, sealed);
    if (!plain) throw std::runtime_error(fmt::format("a sealed value ({}) does not open", purpose));
    return std::move(*plain);
}

std::string Secrets::seal_text(std::string_view purpose, std::string_view plain) const {
    return crypto::to_base64url(seal(purpose, plain));
}

pg::Bytes Secrets::blind_index(std::string_view purpose, std::string_view value) const {
    const auto index = sealer_.blind_index(purpose, value);
    return {index.begin(), index.end()};
}

}  // namespace taama::identity
