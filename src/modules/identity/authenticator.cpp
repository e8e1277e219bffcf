#include "modules/identity/authenticator.hpp"

#include <boost/describe/enum_from_string.hpp>

#include "modules/identity/errors.hpp"
#include "modules/identity/identity_settings.hpp"
#include "modules/identity/revoked_sessions.hpp"
#include "modules/identity/session_store.hpp"
#include "platform/crypto/hash.hpp"

namespace taama::identity {

std::expected<http::Caller, Refusal> Authenticator::bearer(std::string_view token,
                                                           UtcTime now) const {
    const auto claims = deps_.token_signer.verify(token, now);
    if (!claims)
        return refuse(claims.error() == crypto::TokenError::expired ? errors::token_expired
                                                                    : errors::auth_required);
    if (deps_.revoked_sessions.contains(claims->session)) return refuse(errors::token_revoked);

    http::Caller caller;
    caller.id = claims->subject;
    caller.session = claims->session;
    caller.credential_expires = claims->expires_at;
    caller.kind = http::Caller::Kind::user;
    if (claims->audience == crypto::Audience::staff) {
        http::Role role{};
        if (claims->roles.size() != 1 ||
            !boost::describe::enum_from_string(claims->roles[0].c_str(), role))
            return refuse(errors::auth_required);
        caller.kind = http::Caller::Kind::staff;
        caller.role = role;
    }
    return caller;
}

Task<std::expected<http::Caller, Refusal>> Authenticator::cookie(std::string_view value,
                                                                 UtcTime now) {
    const std::chrono::hours idle{deps_.settings.get(cookie_idle_hours)};
    const auto row =
        co_await visit_by_cookie(deps_.db, {.cookie_hash = deps_.secrets.hash("cookie", value),
                                            .now = now,
                                            .idle_expires_at = now + idle});
    if (!row) co_return refuse(errors::token_revoked);
    http::Caller caller;
    caller.id = row->subject_id;
    caller.session = row->id;
    caller.by_cookie = true;
    caller.role = row->role;
    caller.kind = row->subject_kind == SubjectKind::staff ? http::Caller::Kind::staff
                                                          : http::Caller::Kind::user;
    co_return caller;
}

bool Authenticator::csrf_matches(const http::Caller& caller, std::string_view token) const {
    return crypto::constant_time_equal(deps_.secrets.csrf_token(caller.session), token);
}

}  // namespace taama::identity
