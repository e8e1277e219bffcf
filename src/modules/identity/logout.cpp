#include "modules/identity/logout.hpp"

#include "modules/identity/revoke.hpp"
#include "modules/identity/sign_in.hpp"

namespace taama::identity {

// A cookie closes its session here without the CSRF token: the worst that a foreign page reaches is
// that somebody has to sign in again.
Task<http::NoContent> logout(const Deps& deps, pg::Tx& tx, http::Context& context, http::Public,
                             http::Body<LogoutIn> body) {
    PresentedHashes hashes;
    if (body->refresh_token)
        hashes.refresh = deps.secrets.hash("refresh", body->refresh_token->value);
    if (context.request.header("Authorization").empty())
        if (const auto cookie = session_cookie(context.request))
            hashes.cookie = deps.secrets.hash("cookie", *cookie);
    auto sessions = co_await find_presented(tx, hashes);
    const http::Caller& caller = context.caller;
    if (caller.kind != http::Caller::Kind::anonymous) {
        const Subject subject = Subject::of(caller);
        sessions.push_back({caller.session, subject.kind, subject.id});
    }
    const bool all = body->all.value_or(false);
    for (const PresentedSession& session : sessions)
        co_await revoke_sessions(deps, tx,
                                 {.subject = {session.subject_kind, session.subject_id},
                                  .reason = RevokedReason::logout,
                                  .only = all ? std::nullopt : std::optional{session.id}},
                                 context.now);
    clear_cookie(deps, context);
    co_return http::NoContent{};
}

}  // namespace taama::identity
