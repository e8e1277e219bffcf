#include "modules/identity/reauth.hpp"

#include "modules/identity/account_store.hpp"
#include "modules/identity/errors.hpp"
#include "modules/identity/identity_settings.hpp"
#include "modules/identity/login_guard_store.hpp"
#include "modules/identity/password_proof.hpp"
#include "modules/identity/person_entry.hpp"
#include "modules/identity/session_store.hpp"
#include "modules/identity/staff_store.hpp"

namespace taama::identity {

Task<void> require_recent_auth(const Deps& deps, pg::Tx& tx, const http::Context& context,
                               SessionId session) {
    const auto auth_time = co_await find_auth_time(tx, session);
    const std::chrono::minutes life{deps.settings.get(reauth_minutes)};
    if (!auth_time || context.now - *auth_time > life) throw Refusal{errors::reauth_required};
}

namespace {

Task<PasswordTrial> trial_of(const Deps& deps, const http::Caller& caller, std::string password) {
    PasswordTrial trial{.guard = {},
                        .subject = Subject::of(caller),
                        .hash = std::nullopt,
                        .password = std::move(password)};
    if (caller.kind == http::Caller::Kind::staff) {
        pg::Tx tx = co_await deps.db.begin();
        const auto staff = or_throw(co_await lock_staff(tx, caller.staff()), errors::auth_required);
        co_await tx.commit();
        trial.guard = guard_key(deps, staff.username);
        trial.hash = staff.password_hash;
        co_return trial;
    }
    const auto account =
        or_throw(co_await find_account(deps.db, caller.account()), errors::auth_required);
    trial.guard = guard_key(deps, account.phone.value_or(account.email.value_or("")));
    trial.hash = account.password_hash;
    co_return trial;
}

}  // namespace

Task<http::NoContent> reauthenticate(const Deps& deps, http::Context& context,
                                     http::AnyCaller caller, http::Body<ReauthIn> body) {
    PasswordTrial trial = co_await trial_of(deps, caller.caller, body->password.value);
    const pg::Bytes guard = trial.guard;
    co_await prove_password(deps, context, std::move(trial));
    pg::Tx tx = co_await deps.db.begin();
    clear_login_guards(tx, {guard});
    save_auth_time(tx, caller.caller.session, context.now);
    co_await tx.commit();
    co_return http::NoContent{};
}

}  // namespace taama::identity
