#include "modules/identity/register.hpp"

#include "modules/identity/account_store.hpp"
#include "modules/identity/errors.hpp"
#include "modules/identity/identity_settings.hpp"
#include "modules/identity/password_rules.hpp"
#include "modules/identity/passwords.hpp"
#include "modules/identity/person_entry.hpp"
#include "modules/identity/registration.hpp"
#include "modules/identity/tier.hpp"
#include "modules/identity/verified_token.hpp"
#include "platform/events/events.hpp"
#include "platform/http/field_problem.hpp"

namespace taama::identity {

void RegisterIn::check(json::Reader& reader) const {
    require_exactly_one(reader, {{"phone", phone.has_value()},
                                 {"email", email.has_value()},
                                 {"verified_token", verified_token.has_value()}});
    if (replace_dormant && !verified_token)
        reader.problem_at("replace_dormant",
                          {"demande un verified_token", "needs a verified_token"});
}

void check_birthdate(const Deps& deps, const http::Context& context, Date birthdate) {
    constexpr std::chrono::year first_year{1900};
    const Date today = deps.zone.local_date(context.now);
    const int age_limit = deps.settings.get(age_min);
    const Date latest{today.year() - std::chrono::years{age_limit}, today.month(), today.day()};
    // 29 February counts as 1 March in other years: sys_days carries it over.
    if (birthdate.year() < first_year ||
        std::chrono::sys_days{birthdate} > std::chrono::sys_days{latest})
        throw http::field_problem("birthdate",
                                  {fmt::format("il faut avoir {} ans", age_limit),
                                   fmt::format("people must be {} or older", age_limit)},
                                  context.language);
}

namespace {

Registration to_registration(const RegisterIn& in, Language fallback) {
    Registration data;
    if (in.first_name) data.first_name = in.first_name->value;
    if (in.last_name) data.last_name = in.last_name->value;
    data.gender = in.gender;
    data.birthdate = in.birthdate;
    data.language = in.language.value_or(fallback);
    if (in.referral_code) data.referral_code = in.referral_code->value;
    if (in.terms_version) data.terms_version = in.terms_version->value;
    return data;
}

Task<std::optional<std::string>> hash_given(const Deps& deps, const http::Context& context,
                                            const RegisterIn& in) {
    if (!in.password) co_return std::nullopt;
    const std::vector<std::string> personal{
        in.phone ? in.phone->e164 : "", in.email ? in.email->normalised : "",
        in.first_name ? in.first_name->value : "", in.last_name ? in.last_name->value : ""};
    auto accepted = accept_password(in.password->value, personal);
    if (!accepted) throw http::field_problem("password", accepted.error(), context.language);
    co_return co_await hash_password(deps.work_pool, std::move(*accepted));
}

// The number's former holder keeps the account and its wallet, and loses the number.
Task<void> release_phone(const Deps& deps, pg::Tx& tx, const http::Context& context,
                         const Account& former) {
    const UtcTime now = context.now;
    save_phone_released(tx, former.id, now);
    save_history(tx,
                 {.account = former.id,
                  .field = "phone",
                  .from = boost::json::string{former.phone.value_or("")},
                  .to = nullptr,
                  .actor = audit::Actor::system("identity"),
                  .reason = "replaced_dormant"},
                 now);
    audit::record(tx,
                  {.actor = audit::Actor::system("identity"),
                   .action = "RELEASE_PHONE",
                   .entity = "User",
                   .entity_id = former.id.uuid,
                   .meta = audit::meta_of(context, "replaced_dormant")},
                  now);
    events::emit(tx, "account.phone_released", {{"user_id", former.id.to_string()}}, now);
    co_await recompute_tier(deps, tx,
                            {.account = former.id,
                             .actor = audit::Actor::system("identity"),
                             .reason = "phone_released"},
                            now);
}

Task<UserTokens> register_with_token(const Deps& deps, pg::Tx& tx, http::Context& context,
                                     const RegisterIn& in, Registration data) {
    const auto earned = co_await use_verified_token(deps.secrets, tx, in.verified_token->value,
                                                    {"registration", "login"}, context.now);
    if (!earned) throw Refusal{errors::token_expired};
    const Destination contact{earned->channel, earned->destination};
    if (const auto holder = co_await lock_account_by(tx, contact)) {
        const bool may_replace =
            in.replace_dormant.value_or(false) && contact.channel == Channel::sms &&
            holder->status != AccountStatus::suspended && is_dormant(deps, *holder, context.now);
        if (!may_replace) throw Refusal{errors::already_exists};
        co_await release_phone(deps, tx, context, *holder);
    }
    const OpenedAccount opened = co_await open_account(tx, contact, data, context.now);
    if (!opened.is_new) throw Refusal{errors::already_exists};
    co_return co_await sign_in_person(
        deps, tx, context,
        {.account = opened.id, .method = AuthMethod::otp, .device = in.device, .is_new = true});
}

}  // namespace

// No transaction is open while the password is hashed.
Task<RegisterAnswer> register_person(const Deps& deps, http::Context& context, http::Public,
                                     http::Body<RegisterIn> body) {
    const RegisterIn& in = *body;
    if (in.birthdate) check_birthdate(deps, context, *in.birthdate);
    Registration data = to_registration(in, context.language);
    data.password_hash = co_await hash_given(deps, context, in);

    pg::Tx tx = co_await deps.db.begin();
    if (in.verified_token) {
        UserTokens tokens = co_await register_with_token(deps, tx, context, in, std::move(data));
        co_await tx.commit();
        const std::string location = "/users/" + tokens.user.id.to_string();
        co_return http::Created<UserTokens>{std::move(tokens), location};
    }
    const Destination to = *to_destination(in.phone, in.email);
    const auto registration = RegistrationId::make();
    save_registration(deps, tx, {registration, to, data}, context.now);
    VerificationView view = co_await send_code(deps, tx, context,
                                               {.to = to,
                                                .purpose = CodePurpose::registration,
                                                .registration = registration,
                                                .language = data.language});
    co_await tx.commit();
    co_return http::Accepted<VerificationView>{std::move(view)};
}

}  // namespace taama::identity
