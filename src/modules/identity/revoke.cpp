#include "modules/identity/revoke.hpp"

#include "modules/identity/sign_in.hpp"
#include "platform/events/events.hpp"

namespace taama::identity {

Task<std::size_t> revoke_sessions(const Deps& deps, pg::Tx& tx, Revocation revocation,
                                  UtcTime now) {
    auto revoked = co_await save_revoked(tx, revocation, now);
    for (const SessionId session : revoked)
        events::emit(
            tx, "session.revoked",
            {{"subject_kind", boost::describe::enum_to_string(revocation.subject.kind, "")},
             {"subject_id", revocation.subject.id.to_string()},
             {"session_id", session.to_string()},
             {"reason", boost::describe::enum_to_string(revocation.reason, "")}},
            now);
    const std::size_t count = revoked.size();
    announce_revoked(deps, tx, std::move(revoked));
    co_return count;
}

}  // namespace taama::identity
