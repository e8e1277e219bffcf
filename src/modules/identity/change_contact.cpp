#include "modules/identity/change_contact.hpp"

#include "modules/identity/account_store.hpp"
#include "modules/identity/errors.hpp"
#include "modules/identity/revoke.hpp"
#include "modules/identity/tier.hpp"
#include "platform/events/events.hpp"

namespace taama::identity {

namespace {

boost::json::value to_json(const std::optional<std::string>& text) {
    return text ? boost::json::value(boost::json::string{*text}) : boost::json::value(nullptr);
}

}  // namespace

Task<void> change_contact(const Deps& deps, pg::Tx& tx, const http::Context& context,
                          ContactChange change) {
    const UtcTime now = context.now;
    const Account account = or_throw(co_await lock_account(tx, change.account), errors::not_found);
    const bool is_phone = change.contact.channel == Channel::sms;
    const auto& old = is_phone ? account.phone : account.email;
    if (!co_await save_contact(tx, account.id, change.contact, now))
        throw Refusal{errors::already_exists, {{"field", is_phone ? "phone" : "email"}}}
            .keeping_effects();

    const audit::Actor person = audit::Actor::user(account.id);
    save_history(tx,
                 {.account = account.id,
                  .field = is_phone ? "phone" : "email",
                  .from = to_json(old),
                  .to = boost::json::string{change.contact.address},
                  .actor = person,
                  .reason = "changed"},
                 now);
    audit::record(tx,
                  {.actor = person,
                   .action = is_phone ? "UPDATE_PHONE" : "UPDATE_EMAIL",
                   .entity = "User",
                   .entity_id = account.id.uuid,
                   .meta = audit::meta_of(context)},
                  now);
    events::emit(tx, is_phone ? "account.phone_changed" : "account.email_changed",
                 {{"user_id", account.id.to_string()},
                  {"old", to_json(old)},
                  {"new", change.contact.address}},
                 now);
    if (!is_phone) co_return;
    co_await recompute_tier(
        deps, tx, {.account = account.id, .actor = person, .reason = "phone_changed"}, now);
    co_await revoke_sessions(deps, tx,
                             {.subject = Subject::user(account.id),
                              .reason = RevokedReason::phone_changed,
                              .all_but = change.session},
                             now);
}

}  // namespace taama::identity
