#include "modules/identity/login.hpp"

#include "modules/audit/audit.hpp"
#include "modules/identity/account_store.hpp"
#include "modules/identity/errors.hpp"
#include "modules/identity/login_guard_store.hpp"
#include "modules/identity/password_proof.hpp"
#include "modules/identity/person_entry.hpp"
#include "modules/identity/staff_store.hpp"

namespace taama::identity {

void LoginIn::check(json::Reader& reader) const {
    require_exactly_one(reader, {{"identifier", identifier.has_value()},
                                 {"phone", phone.has_value()},
                                 {"email", email.has_value()},
                                 {"username", username.has_value()}});
}

void AdminLoginIn::check(json::Reader& reader) const {
    require_exactly_one(reader, {{"identifier", identifier.has_value()},
                                 {"email", email.has_value()},
                                 {"username", username.has_value()}});
}

namespace {

// Whom an identifier names; at most one of the two.
struct Found {
    std::optional<Account> account;
    std::optional<StaffMember> staff;
};

struct Attempt {
    std::string identifier;  // as it is compared
    Found found;
    std::string password;
    std::optional<DeviceIn> device;
};

PasswordTrial to_trial(const Deps& deps, const Attempt& attempt) {
    PasswordTrial trial{.guard = guard_key(deps, attempt.identifier),
                        .subject = std::nullopt,
                        .hash = std::nullopt,
                        .password = attempt.password};
    if (attempt.found.staff) {
        trial.subject = Subject::staff(attempt.found.staff->id);
        if (attempt.found.staff->is_active) trial.hash = attempt.found.staff->password_hash;
    } else if (attempt.found.account) {
        trial.subject = Subject::user(attempt.found.account->id);
        trial.hash = attempt.found.account->password_hash;
    }
    return trial;
}

void record_success(pg::Tx& tx, const http::Context& context, audit::Actor actor,
                    SessionId session) {
    audit::record(tx,
                  {.actor = std::move(actor),
                   .action = "LOGIN_SUCCESS",
                   .entity = "Session",
                   .entity_id = session.uuid,
                   .meta = audit::meta_of(context)},
                  context.now);
}

Task<UserTokens> enter_person(const Deps& deps, http::Context& context, const Attempt& attempt,
                              const std::optional<std::string>& renewed_hash) {
    const UtcTime now = context.now;
    pg::Tx tx = co_await deps.db.begin();
    const Account account =
        or_throw(co_await lock_account(tx, attempt.found.account->id), errors::invalid_credentials);
    clear_login_guards(tx, {guard_key(deps, attempt.identifier)});
    if (account.status != AccountStatus::active) {
        tx.tell("password.refused", {{"kind", "user"}, {"result", "not_active"}});
        co_await tx.commit();
        throw Refusal{account.status == AccountStatus::suspended ? errors::account_suspended
                                                                 : errors::invalid_credentials};
    }
    if (renewed_hash) save_password(tx, account.id, *renewed_hash, now);
    UserTokens tokens = co_await sign_in_person(deps, tx, context,
                                                {.account = account.id, .device = attempt.device});
    record_success(tx, context, audit::Actor::user(account.id), tokens.session_id);
    co_await tx.commit();
    co_return tokens;
}

Task<StaffTokens> enter_staff(const Deps& deps, http::Context& context, const Attempt& attempt,
                              const std::optional<std::string>& renewed_hash) {
    const UtcTime now = context.now;
    pg::Tx tx = co_await deps.db.begin();
    const StaffMember staff =
        or_throw(co_await lock_staff(tx, attempt.found.staff->id), errors::invalid_credentials);
    if (!staff.is_active) throw Refusal{errors::invalid_credentials};
    clear_login_guards(tx, {guard_key(deps, attempt.identifier)});
    if (renewed_hash) save_staff_password(tx, staff.id, *renewed_hash, now);
    save_staff_login(tx, staff.id, now);
    StaffTokens tokens;
    tokens.user = co_await find_staff_view(deps, tx, staff.id, {});
    static_cast<Tokens&>(tokens) =
        co_await open_session(deps, tx, context,
                              {.subject = Subject::staff(staff.id),
                               .roles = {boost::describe::enum_to_string(staff.role, "")},
                               .device = attempt.device});
    tokens.user.session = new_session_view(deps, tokens, now);
    record_success(tx, context, audit::Actor::staff(staff.id, staff.username), tokens.session_id);
    co_await tx.commit();
    co_return tokens;
}

// A username, or what is neither phone nor e-mail, is staff; an e-mail is staff when staff has it;
// a phone is a person's. The look-ups are the same whether anybody is found.
Task<Found> find_anybody(const Deps& deps, const std::optional<Destination>& contact,
                         const std::string& identifier) {
    Found found;
    if (!contact || contact->channel == Channel::email)
        found.staff = co_await find_staff_by(deps.db, identifier);
    if (contact && !found.staff) found.account = co_await find_account_by(deps.db, *contact);
    co_return found;
}

}  // namespace

Task<LoginAnswer> login(const Deps& deps, http::Context& context, http::Public,
                        http::Body<LoginIn> body) {
    const LoginIn& in = *body;
    std::optional<Destination> contact = to_destination(in.phone, in.email);
    std::string typed = in.username ? in.username->value : "";
    if (in.identifier) {
        typed = in.identifier->value;
        contact = to_destination(in.identifier->value, deps.country);
    }
    Attempt attempt{.identifier = contact ? contact->address : typed,
                    .found = {},
                    .password = in.password.value,
                    .device = in.device};
    attempt.found = co_await find_anybody(deps, contact, attempt.identifier);
    const auto renewed_hash = co_await prove_password(deps, context, to_trial(deps, attempt));
    if (attempt.found.staff)
        co_return http::Ok<StaffTokens>{co_await enter_staff(deps, context, attempt, renewed_hash)};
    co_return http::Ok<UserTokens>{co_await enter_person(deps, context, attempt, renewed_hash)};
}

Task<http::Ok<StaffTokens>> admin_login(const Deps& deps, http::Context& context, http::Public,
                                        http::Body<AdminLoginIn> body) {
    const AdminLoginIn& in = *body;
    Attempt attempt{.identifier = in.email      ? in.email->normalised
                                  : in.username ? in.username->value
                                                : in.identifier->value,
                    .found = {},
                    .password = in.password.value,
                    .device = in.device};
    attempt.found.staff = co_await find_staff_by(deps.db, attempt.identifier);
    const auto renewed_hash = co_await prove_password(deps, context, to_trial(deps, attempt));
    co_return http::Ok<StaffTokens>{co_await enter_staff(deps, context, attempt, renewed_hash)};
}

}  // namespace taama::identity
