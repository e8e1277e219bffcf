#pragma once

// GET and DELETE /me/sessions.

#include "modules/identity/deps.hpp"
#include "modules/identity/session.hpp"
#include "platform/http/routes.hpp"

namespace taama::identity {

struct SessionView {
    SessionId id;
    bool current = false;
    SessionKind kind = SessionKind::both;
    std::optional<std::string> device_name;
    DevicePlatform platform = DevicePlatform::other;
    std::optional<std::string> app_version;
    std::optional<std::string> ip;
    std::vector<AuthMethod> auth_methods;
    UtcTime created_at;
    UtcTime last_seen_at;
    UtcTime expires_at;
};
BOOST_DESCRIBE_STRUCT(SessionView, (),
                      (id, current, kind, device_name, platform, app_version, ip, auth_methods,
                       created_at, last_seen_at, expires_at))

Task<http::List<SessionView>> list_sessions(const Deps& deps, const http::Context& context,
                                            http::AnyCaller caller, http::Paging paging);
Task<http::NoContent> close_session(const Deps& deps, pg::Tx& tx, const http::Context& context,
                                    http::AnyCaller caller, http::Path<SessionId> session);
// All but the current one.
Task<http::NoContent> close_other_sessions(const Deps& deps, pg::Tx& tx,
                                           const http::Context& context, http::AnyCaller caller);

}  // namespace taama::identity
