#include "modules/identity/own_sessions.hpp"

#include <ranges>

#include "modules/identity/revoke.hpp"

namespace taama::identity {

Task<http::List<SessionView>> list_sessions(const Deps& deps, const http::Context& context,
                                            http::AnyCaller caller, http::Paging paging) {
    auto rows = co_await find_sessions(deps.db, Subject::of(caller.caller), context.now);
    http::List<SessionView> list;
    list.pagination = paging.of(static_cast<std::int64_t>(rows.size()));
    for (SessionRow& row :
         rows | std::views::drop(paging.offset()) | std::views::take(paging.page_size))
        list.items.push_back({.id = row.id,
                              .current = row.id == caller.caller.session,
                              .kind = row.kind,
                              .device_name = std::move(row.device_name),
                              .platform = row.platform,
                              .app_version = std::move(row.app_version),
                              .ip = std::move(row.ip),
                              .auth_methods = std::move(row.auth_methods),
                              .created_at = row.created_at,
                              .last_seen_at = row.last_seen_at,
                              .expires_at = row.expires_at});
    co_return list;
}

Task<http::NoContent> close_session(const Deps& deps, pg::Tx& tx, const http::Context& context,
                                    http::AnyCaller caller, http::Path<SessionId> session) {
    const auto closed = co_await revoke_sessions(
        deps, tx,
        {.subject = Subject::of(caller.caller), .reason = RevokedReason::user, .only = *session},
        context.now);
    if (closed == 0) throw Refusal{errors::not_found};
    co_return http::NoContent{};
}

Task<http::NoContent> close_other_sessions(const Deps& deps, pg::Tx& tx,
                                           const http::Context& context, http::AnyCaller caller) {
    co_await revoke_sessions(deps, tx,
                             {.subject = Subject::of(caller.caller),
                              .reason = RevokedReason::user,
                              .all_but = caller.caller.session},
                             context.now);
    co_return http::NoContent{};
}

}  // namespace taama::identity
