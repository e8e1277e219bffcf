#include "modules/identity/password_proof.hpp"

#include "modules/audit/audit.hpp"
#include "modules/identity/errors.hpp"
#include "modules/identity/identity_settings.hpp"
#include "modules/identity/login_guard_store.hpp"
#include "modules/identity/passwords.hpp"
#include "platform/crypto/hash.hpp"
#include "platform/events/events.hpp"

namespace taama::identity {

namespace {

std::string_view kind_of(const PasswordTrial& trial) {
    return trial.subject ? boost::describe::enum_to_string(trial.subject->kind, "") : "nobody";
}

void record_failure(pg::Tx& tx, const http::Context& context, const PasswordTrial& trial,
                    std::string_view reason) {
    boost::json::object meta = audit::meta_of(context, reason);
    meta["identifier_hash"] = crypto::to_hex(trial.guard);
    audit::Actor actor = audit::Actor::system("login");
    if (trial.subject)
        actor = trial.subject->kind == SubjectKind::staff
                    ? audit::Actor::staff(StaffId{trial.subject->id})
                    : audit::Actor::user(AccountId{trial.subject->id});
    audit::record(tx,
                  {.actor = std::move(actor),
                   .action = "LOGIN_ATTEMPT_FAILURE",
                   .entity = "Session",
                   .meta = std::move(meta)},
                  context.now);
    tx.tell("password.refused", {{"kind", kind_of(trial)}, {"result", reason}});
}

// Before the password is looked at, so that parallel guesses find the guard as it will be.
Task<LoginGuard> count(const Deps& deps, const http::Context& context, const PasswordTrial& trial) {
    const LockoutPolicy policy{
        .threshold = deps.settings.get(lock_threshold),
        .lock = std::chrono::minutes{deps.settings.get(lock_minutes)},
        .lock_max = std::chrono::minutes{deps.settings.get(lock_max_minutes)}};
    pg::Tx tx = co_await deps.db.begin();
    const LoginGuard guard = co_await lock_login_guard(tx, trial.guard, context.now);
    auto counted = count_attempt(guard, policy, context.now);
    if (counted)
        save_login_guard(tx, trial.guard, *counted);
    else
        record_failure(tx, context, trial, "locked");
    co_await tx.commit();
    co_return or_throw(std::move(counted));
}

// The server's own trouble is nobody's failure.
Task<void> uncount(const Deps& deps, const PasswordTrial& trial, UtcTime now) {
    pg::Tx tx = co_await deps.db.begin();
    LoginGuard guard = co_await lock_login_guard(tx, trial.guard, now);
    if (guard.failures > 0) --guard.failures;
    save_login_guard(tx, trial.guard, guard);
    co_await tx.commit();
}

Task<void> record_wrong(const Deps& deps, const http::Context& context, const PasswordTrial& trial,
                        const LoginGuard& guard) {
    pg::Tx tx = co_await deps.db.begin();
    record_failure(tx, context, trial, "wrong_password");
    if (guard.locked_until) tx.tell("password.locked_out", {});
    if (guard.locked_until && trial.subject) {
        const auto minutes =
            std::chrono::ceil<std::chrono::minutes>(*guard.locked_until - context.now);
        events::emit(tx, "login.locked",
                     {{"subject_kind", boost::describe::enum_to_string(trial.subject->kind, "")},
                      {"subject_id", trial.subject->id.to_string()},
                      {"ip", context.request.remote_ip},
                      {"minutes", minutes.count()},
                      {"reason", "wrong_password"}},
                     context.now);
    }
    co_await tx.commit();
}

}  // namespace

Task<std::optional<std::string>> prove_password(const Deps& deps, const http::Context& context,
                                                PasswordTrial trial) {
    const LoginGuard guard = co_await count(deps, context, trial);
    PasswordCheck check = PasswordCheck::wrong;
    std::optional<std::string> renewed;
    std::exception_ptr trouble;
    try {
        check = co_await check_password(deps.work_pool, trial.hash, trial.password);
        if (check == PasswordCheck::right_but_old_hash)
            renewed = co_await hash_password(deps.work_pool, trial.password);
    } catch (const Refusal&) {
        trouble = std::current_exception();
    }
    if (trouble) {
        co_await uncount(deps, trial, context.now);
        std::rethrow_exception(trouble);
    }
    if (check == PasswordCheck::wrong) {
        co_await record_wrong(deps, context, trial, guard);
        throw Refusal{errors::invalid_credentials};
    }
    co_return renewed;
}

}  // namespace taama::identity
