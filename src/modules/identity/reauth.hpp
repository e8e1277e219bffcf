#pragma once

// POST /auth/reauth, and the rule of the operations marked ◆.

#include "modules/identity/deps.hpp"
#include "platform/http/routes.hpp"

namespace taama::identity {

// Throws reauth_required unless the session's auth_time is within auth.reauth_minutes.
Task<void> require_recent_auth(const Deps& deps, pg::Tx& tx, const http::Context& context,
                               SessionId session);

struct ReauthIn {
    json::Secret<1, 128> password;
};
BOOST_DESCRIBE_STRUCT(ReauthIn, (), (password))

Task<http::NoContent> reauthenticate(const Deps& deps, http::Context& context,
                                     http::AnyCaller caller, http::Body<ReauthIn> body);

}  // namespace taama::identity
