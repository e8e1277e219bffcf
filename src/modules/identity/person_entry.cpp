#include "modules/identity/person_entry.hpp"

#include "modules/identity/account_store.hpp"
#include "modules/identity/errors.hpp"
#include "modules/identity/identity_settings.hpp"
#include "modules/identity/login_guard_store.hpp"
#include "modules/identity/tier.hpp"
#include "modules/identity/verified_token.hpp"
#include "platform/text/utf8.hpp"

namespace taama::identity {

namespace {

Refusal recovery(const Deps& deps, pg::Tx& tx, const PersonEntry& entry, UtcTime now) {
    const Account& account = entry.account;
    boost::json::array methods;
    if (account.password_hash) methods.emplace_back("password");
    if (account.email_verified_at) methods.emplace_back("email");
    methods.emplace_back("support");
    const auto issued = issue_verified_token(
        deps, tx,
        {.destination = entry.contact, .purpose = CodePurpose::login, .account = account.id}, now);
    return Refusal{errors::recovery_required,
                   {{"methods", std::move(methods)}, {"verified_token", issued.token}}}
        .keeping_effects();
}

}  // namespace

pg::Bytes guard_key(const Deps& deps, std::string_view identifier) {
    return deps.secrets.hash("guard", text::ascii_lower(identifier));
}

std::vector<pg::Bytes> guard_keys(const Deps& deps, const Account& account) {
    std::vector<pg::Bytes> keys;
    if (account.phone) keys.push_back(guard_key(deps, *account.phone));
    if (account.email) keys.push_back(guard_key(deps, *account.email));
    return keys;
}

bool is_dormant(const Deps& deps, const Account& account, UtcTime now) {
    const UtcTime last = account.last_login_at.value_or(account.created_at);
    return now - last >= std::chrono::days{deps.settings.get(dormant_days)};
}

Task<UserTokens> enter(const Deps& deps, pg::Tx& tx, http::Context& context, PersonEntry entry) {
    const UtcTime now = context.now;
    const Account& account = entry.account;
    if (account.status == AccountStatus::suspended)
        throw Refusal{errors::account_suspended}.keeping_effects();
    if (entry.contact.channel == Channel::sms && is_dormant(deps, account, now))
        throw recovery(deps, tx, entry, now);

    const audit::Actor person = audit::Actor::user(account.id);
    if (account.status == AccountStatus::pending_verification) {
        save_status(tx, account.id, AccountStatus::active, now);
        save_history(tx,
                     {.account = account.id,
                      .field = "status",
                      .from = "pending_verification",
                      .to = "active",
                      .actor = person,
                      .reason = "contact_proved"},
                     now);
    }
    const bool proved_before = entry.contact.channel == Channel::sms
                                   ? account.phone_verified_at.has_value()
                                   : account.email_verified_at.has_value();
    if (!proved_before) {
        save_contact_verified(tx, account.id, entry.contact.channel, now);
        co_await recompute_tier(
            deps, tx, {.account = account.id, .actor = person, .reason = "phone_verified"}, now);
    }
    clear_login_guards(tx, guard_keys(deps, account));
    co_return co_await sign_in_person(
        deps, tx, context,
        {.account = account.id, .method = AuthMethod::otp, .device = std::move(entry.device)});
}

}  // namespace taama::identity
