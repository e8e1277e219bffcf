#include "modules/identity/change_password.hpp"

#include "modules/audit/audit.hpp"
#include "modules/identity/account_store.hpp"
#include "modules/identity/errors.hpp"
#include "modules/identity/login_guard_store.hpp"
#include "modules/identity/password_proof.hpp"
#include "modules/identity/password_rules.hpp"
#include "modules/identity/passwords.hpp"
#include "modules/identity/person_entry.hpp"
#include "modules/identity/reauth.hpp"
#include "modules/identity/revoke.hpp"
#include "modules/identity/staff_store.hpp"
#include "modules/identity/verified_token.hpp"
#include "platform/events/events.hpp"
#include "platform/http/field_problem.hpp"

namespace taama::identity {

void ResetPasswordIn::check(json::Reader& reader) const {
    require_exactly_one(reader, {{"verified_token", verified_token.has_value()},
                                 {"phone", phone.has_value()},
                                 {"email", email.has_value()},
                                 {"token", token.has_value()}});
    if ((phone || email) && !code) reader.problem_at("code", json::said_missing());
}

namespace {

std::string accepted(const http::Context& context, std::string_view password,
                     const std::vector<std::string>& personal) {
    auto normal = accept_password(password, personal);
    if (!normal) throw http::field_problem("new_password", normal.error(), context.language);
    return std::move(*normal);
}

void announce_changed(pg::Tx& tx, const http::Context& context, const Subject& subject,
                      std::string_view reason) {
    events::emit(tx, "password.changed",
                 {{"subject_kind", boost::describe::enum_to_string(subject.kind, "")},
                  {"subject_id", subject.id.to_string()},
                  {"ip", context.request.remote_ip},
                  {"reason", reason}},
                 context.now);
    audit::record(
        tx,
        {.actor = subject.kind == SubjectKind::staff ? audit::Actor::staff(StaffId{subject.id})
                                                     : audit::Actor::user(AccountId{subject.id}),
         .action = "UPDATE_PASSWORD",
         .entity = subject.kind == SubjectKind::staff ? "Staff" : "User",
         .entity_id = subject.id,
         .meta = audit::meta_of(context, reason)},
        context.now);
}

// Whose password a proof lets change. Throws what the proof deserves.
Task<AccountId> prove_reset(const Deps& deps, pg::Tx& tx, const http::Context& context,
                            const ResetPasswordIn& in) {
    std::optional<AccountId> account;
    if (in.verified_token) {
        const auto earned = co_await use_verified_token(deps.secrets, tx, in.verified_token->value,
                                                        {"password_reset"}, context.now);
        if (earned) account = earned->account_id;
    } else if (in.token) {
        const ProvedCode proved = co_await prove_link(deps, tx, in.token->value, context.now);
        if (proved.purpose == CodePurpose::password_reset) account = proved.account;
    } else {
        const ProvedCode proved =
            co_await prove_code(deps, tx,
                                {.destination = *to_destination(in.phone, in.email),
                                 .purpose = CodePurpose::password_reset,
                                 .code = in.code->digits},
                                context.now);
        account = proved.account;
    }
    if (!account) throw Refusal{errors::otp_expired};
    co_return *account;
}

}  // namespace

// The password is judged and hashed first: the same work for everybody, and no transaction waits
// for it.
Task<http::NoContent> reset_password(const Deps& deps, http::Context& context, http::Public,
                                     http::Body<ResetPasswordIn> body) {
    const ResetPasswordIn& in = *body;
    const std::string password =
        accepted(context, in.new_password.value,
                 {in.phone ? in.phone->e164 : "", in.email ? in.email->normalised : ""});
    const std::string hash = co_await hash_password(deps.work_pool, password);

    pg::Tx tx = co_await deps.db.begin();
    std::optional<Refusal> refused;
    try {
        const AccountId id = co_await prove_reset(deps, tx, context, in);
        const Account account = or_throw(co_await lock_account(tx, id), errors::otp_expired);
        accepted(context, password, account.personal_words());
        save_password(tx, id, hash, context.now);
        clear_login_guards(tx, guard_keys(deps, account));
        co_await revoke_sessions(
            deps, tx, {.subject = Subject::user(id), .reason = RevokedReason::password_changed},
            context.now);
        announce_changed(tx, context, Subject::user(id), "reset");
    } catch (Refusal& refusal) {
        // A wrong answer stays counted.
        if (!refusal.keeps_effects()) throw;
        refused = std::move(refusal);
    }
    co_await tx.commit();
    if (refused) throw std::move(*refused);
    co_return http::NoContent{};
}

namespace {

// The present password of whoever is signed in, and what it is guarded by.
struct Present {
    pg::Bytes guard;
    std::optional<std::string> hash;
    std::vector<std::string> personal;
};

Task<Present> find_present(const Deps& deps, const http::Caller& caller) {
    if (caller.kind == http::Caller::Kind::staff) {
        pg::Tx tx = co_await deps.db.begin();
        const auto staff = or_throw(co_await lock_staff(tx, caller.staff()), errors::auth_required);
        co_await tx.commit();
        co_return Present{guard_key(deps, staff.username),
                          staff.password_hash,
                          {staff.username, staff.email.value_or(""), staff.full_name}};
    }
    const auto account =
        or_throw(co_await find_account(deps.db, caller.account()), errors::auth_required);
    co_return Present{guard_key(deps, account.phone.value_or(account.email.value_or(""))),
                      account.password_hash, account.personal_words()};
}

}  // namespace

Task<http::NoContent> change_password(const Deps& deps, http::Context& context,
                                      http::AnyCaller caller, http::Body<ChangePasswordIn> body) {
    const ChangePasswordIn& in = *body;
    const Subject subject = Subject::of(caller.caller);
    const Present present = co_await find_present(deps, caller.caller);
    const std::string password = accepted(context, in.new_password.value, present.personal);
    if (present.hash && !in.current_password)
        throw http::field_problem("current_password", json::said_missing(), context.language);
    if (present.hash)
        co_await prove_password(deps, context,
                                {.guard = present.guard,
                                 .subject = subject,
                                 .hash = present.hash,
                                 .password = in.current_password->value});
    const std::string hash = co_await hash_password(deps.work_pool, password);

    pg::Tx tx = co_await deps.db.begin();
    if (!present.hash) co_await require_recent_auth(deps, tx, context, caller.caller.session);
    if (subject.kind == SubjectKind::staff)
        save_staff_password(tx, StaffId{subject.id}, hash, context.now);
    else
        save_password(tx, AccountId{subject.id}, hash, context.now);
    clear_login_guards(tx, {present.guard});
    co_await revoke_sessions(deps, tx,
                             {.subject = subject,
                              .reason = RevokedReason::password_changed,
                              .all_but = caller.caller.session},
                             context.now);
    announce_changed(tx, context, subject, "changed");
    co_await tx.commit();
    co_return http::NoContent{};
}

}  // namespace taama::identity
