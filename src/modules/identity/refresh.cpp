#include "modules/identity/refresh.hpp"

#include "modules/audit/audit.hpp"
#include "modules/identity/account_store.hpp"
#include "modules/identity/errors.hpp"
#include "modules/identity/revoke.hpp"
#include "modules/identity/session_store.hpp"
#include "modules/identity/staff_store.hpp"
#include "platform/crypto/hash.hpp"
#include "platform/events/events.hpp"

namespace taama::identity {

namespace {

constexpr int refreshes_per_minute = 30;  // of one session

Task<std::optional<RefreshRow>> find_presented(const Deps& deps, pg::Tx& tx,
                                               const http::Context& context, const RefreshIn& in) {
    if (in.refresh_token)
        co_return co_await lock_refresh_token(
            tx, deps.secrets.hash("refresh", in.refresh_token->value));
    const auto cookie = session_cookie(context.request);
    if (!cookie) throw Refusal{errors::auth_required};
    auto row = co_await lock_refresh_token_of_cookie(tx, deps.secrets.hash("cookie", *cookie),
                                                     context.now);
    if (row && !crypto::constant_time_equal(deps.secrets.csrf_token(row->session_id),
                                            context.request.header("X-CSRF-Token")))
        throw Refusal{errors::csrf_invalid};
    co_return row;
}

// Somebody has a copy: nobody goes on with this session.
Task<void> refuse_reuse(const Deps& deps, pg::Tx& tx, const http::Context& context,
                        const RefreshRow& row) {
    const Subject subject{row.subject_kind, row.subject_id};
    const auto revoked = co_await revoke_sessions(
        deps, tx, {.subject = subject, .reason = RevokedReason::reuse, .only = row.session_id},
        context.now);
    if (revoked > 0) {
        events::emit(tx, "session.reuse_detected",
                     {{"subject_kind", boost::describe::enum_to_string(subject.kind, "")},
                      {"subject_id", subject.id.to_string()},
                      {"session_id", row.session_id.to_string()},
                      {"device_name", row.device_name.value_or("")},
                      {"ip", context.request.remote_ip}},
                     context.now);
        audit::record(tx,
                      {.actor = audit::Actor::system("identity"),
                       .action = "TOKEN_REUSE",
                       .entity = "Session",
                       .entity_id = row.session_id.uuid,
                       .meta = audit::meta_of(context)},
                      context.now);
    }
    throw Refusal{errors::token_revoked}.keeping_effects();
}

// The roles as they are now; who may no longer sign in gets no successor.
Task<std::vector<std::string>> roles_of(pg::Tx& tx, const RefreshRow& row) {
    if (row.subject_kind == SubjectKind::staff) {
        const auto staff = co_await lock_staff(tx, StaffId{row.subject_id});
        if (!staff || !staff->is_active) throw Refusal{errors::token_revoked};
        co_return std::vector<std::string>{boost::describe::enum_to_string(staff->role, "")};
    }
    const auto facts = co_await find_account_facts(tx, AccountId{row.subject_id});
    if (!facts || facts->status == AccountStatus::closed) throw Refusal{errors::token_revoked};
    if (facts->status == AccountStatus::suspended) throw Refusal{errors::account_suspended};
    co_return role_words(facts->roles);
}

}  // namespace

Task<http::Ok<Tokens>> refresh_session(const Deps& deps, pg::Tx& tx, http::Context& context,
                                       http::Public, http::Body<RefreshIn> body) {
    const UtcTime now = context.now;
    const auto row = co_await find_presented(deps, tx, context, *body);
    if (!row || row->revoked) throw Refusal{errors::token_revoked};
    if (row->used) co_await refuse_reuse(deps, tx, context, *row);
    if (now >= row->expires_at || now >= row->session_expires_at)
        throw Refusal{errors::token_expired};
    if (co_await count_refreshes(tx, row->session_id, now - std::chrono::minutes{1}) >=
        refreshes_per_minute)
        throw Refusal{errors::rate_limited}.after(std::chrono::minutes{1});

    const auto roles = co_await roles_of(tx, *row);
    const Uuid successor = Uuid::make();
    save_refresh_used(tx, row->id, successor, now);
    co_return http::Ok<Tokens>{renew_session(deps, tx, context,
                                             {.session = row->session_id,
                                              .subject = {row->subject_kind, row->subject_id},
                                              .roles = roles,
                                              .refresh_id = successor,
                                              .session_expires_at = row->session_expires_at})};
}

}  // namespace taama::identity
