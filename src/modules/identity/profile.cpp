#include "modules/identity/profile.hpp"

#include "modules/audit/audit.hpp"
#include "modules/identity/account_store.hpp"
#include "modules/identity/errors.hpp"
#include "modules/identity/register.hpp"
#include "modules/identity/staff_store.hpp"
#include "platform/events/events.hpp"
#include "platform/http/field_problem.hpp"
#include "platform/text/email.hpp"

namespace taama::identity {

Task<MeAnswer> get_me(const Deps& deps, http::AnyCaller caller) {
    const http::Caller& who = caller.caller;
    const Seer seer{who.session, who.by_cookie};
    if (who.kind == http::Caller::Kind::staff)
        co_return http::Ok<StaffView>{or_throw(
            co_await find_staff_view(deps, deps.db, who.staff(), seer), errors::auth_required)};
    co_return http::Ok<MeView>{
        or_throw(co_await find_me(deps, deps.db, who.account(), seer), errors::auth_required)};
}

namespace {

json::Said photo_unknown() {
    return {"n'est pas une photo prête à vous", "is no ready photo of yours"};
}

void check_contacts(const http::Context& context, const Account& account, const ProfilePatch& in) {
    const auto refuse_change = [&](std::string_view field) {
        throw http::field_problem(field,
                                  {"changez-le par POST /me/" + std::string{field},
                                   "change it with POST /me/" + std::string{field}},
                                  context.language);
    };
    if (in.phone && in.phone->e164 != account.phone) refuse_change("phone");
    if (in.email && in.email->normalised != text::normalise_email(account.email.value_or("")))
        refuse_change("email");
}

boost::json::object to_json(const PreferencesIn& in) {
    boost::json::object out;
    if (in.smoking) out["smoking"] = *in.smoking;
    if (in.pets) out["pets"] = *in.pets;
    if (in.music) out["music"] = *in.music;
    if (in.talk) out["talk"] = boost::describe::enum_to_string(*in.talk, "");
    if (in.show_photo) out["show_photo"] = *in.show_photo;
    return out;
}

// The profile as it will be, and what of it is new.
struct Change {
    ProfileChange profile;
    boost::json::object before;
    boost::json::object after;
    bool names = false;
};

Change to_change(const Account& account, const ProfilePatch& in) {
    Change change;
    ProfileChange& to = change.profile;
    to = {.first_name = account.first_name,
          .last_name = account.last_name,
          .gender = account.gender,
          .birthdate = account.birthdate,
          .language = account.language,
          .photo_file_id = account.photo_file_id,
          .preferences = {}};
    const auto note = [&](std::string_view field, auto&& before, auto&& after) {
        change.before[field] = before;
        change.after[field] = after;
    };
    if (in.first_name && in.first_name->value != account.first_name) {
        to.first_name = in.first_name->value;
        note("first_name", account.first_name, to.first_name);
        change.names = true;
    }
    if (in.last_name && in.last_name->value != account.last_name) {
        to.last_name = in.last_name->value;
        note("last_name", account.last_name, to.last_name);
        change.names = true;
    }
    if (in.birthdate && in.birthdate != account.birthdate) {
        to.birthdate = in.birthdate;
        note("birthdate", account.birthdate ? to_string(*account.birthdate) : "",
             to_string(*in.birthdate));
        change.names = true;
    }
    const auto word = [](const std::optional<Gender>& gender) {
        return gender ? boost::describe::enum_to_string(*gender, "") : "";
    };
    if (in.gender.given && in.gender.value != account.gender) {
        to.gender = in.gender.value;
        note("gender", word(account.gender), word(to.gender));
    }
    if (in.language && *in.language != account.language) {
        to.language = *in.language;
        note("language", boost::describe::enum_to_string(account.language, ""),
             boost::describe::enum_to_string(to.language, ""));
    }
    if (in.preferences) {
        to.preferences = to_json(*in.preferences);
        change.after["preferences"] = to.preferences;
    }
    return change;
}

Task<void> change_photo(pg::Tx& tx, const http::Context& context, const Account& account,
                        const json::Patch<FileId>& photo, Change& change) {
    if (!photo.given || photo.value == account.photo_file_id) co_return;
    const files::Holder holder{"account", account.id.uuid};
    if (photo.value) {
        const auto attaching =
            co_await files::attach(tx, *photo.value, files::Owner::user(account.id),
                                   files::Purpose::avatar, holder, context.now);
        if (attaching != files::Attaching::attached)
            throw http::field_problem("photo_file_id", photo_unknown(), context.language);
    }
    if (account.photo_file_id) files::detach(tx, *account.photo_file_id, holder, context.now);
    change.profile.photo_file_id = photo.value;
    const auto text = [](const std::optional<FileId>& id) { return id ? id->to_string() : ""; };
    change.before["photo_file_id"] = text(account.photo_file_id);
    change.after["photo_file_id"] = text(photo.value);
}

}  // namespace

Task<http::Ok<MeView>> patch_me(const Deps& deps, pg::Tx& tx, http::Context& context,
                                http::User user, http::IfMatch match,
                                http::Body<ProfilePatch> body) {
    const UtcTime now = context.now;
    const Account account = or_throw(co_await lock_account(tx, user.id), errors::not_found);
    const Seer seer{user.session, context.caller.by_cookie};
    if (!match.etag.empty()) match.check(co_await find_me(deps, tx, user.id, seer));
    check_contacts(context, account, *body);
    if (body->birthdate) check_birthdate(deps, context, *body->birthdate);

    Change change = to_change(account, *body);
    if (change.names && account.names_locked)
        throw Refusal{errors::invalid_state, {{"reason", "locked_by_kyc"}}};
    co_await change_photo(tx, context, account, body->photo_file_id, change);
    if (!change.after.empty()) {
        save_profile(tx, user.id, change.profile, now);
        if (change.names)
            save_history(tx,
                         {.account = user.id,
                          .field = "name",
                          .from = change.before,
                          .to = change.after,
                          .actor = audit::Actor::user(user.id)},
                         now);
        audit::record(tx,
                      {.actor = audit::Actor::user(user.id),
                       .action = "UPDATE_USER",
                       .entity = "User",
                       .entity_id = user.id.uuid,
                       .before = std::move(change.before),
                       .after = std::move(change.after),
                       .meta = audit::meta_of(context)},
                      now);
        events::emit(tx, "account.updated", {{"user_id", user.id.to_string()}}, now);
    }
    co_return http::Ok<MeView>{co_await find_me(deps, tx, user.id, seer)};
}

namespace {

// The first field that staff have not, or may not change themselves.
std::optional<std::string_view> foreign_to_staff(const ProfilePatch& in) {
    const std::pair<std::string_view, bool> given[] = {{"first_name", in.first_name.has_value()},
                                                       {"last_name", in.last_name.has_value()},
                                                       {"gender", in.gender.given},
                                                       {"birthdate", in.birthdate.has_value()},
                                                       {"photo_file_id", in.photo_file_id.given},
                                                       {"preferences", in.preferences.has_value()},
                                                       {"phone", in.phone.has_value()},
                                                       {"email", in.email.has_value()}};
    for (const auto& [field, is_given] : given)
        if (is_given) return field;
    return std::nullopt;
}

Task<StaffView> patch_staff(const Deps& deps, pg::Tx& tx, const http::Context& context,
                            const http::IfMatch& match, const ProfilePatch& in) {
    const StaffId id = context.caller.staff();
    const Seer seer{context.caller.session, context.caller.by_cookie};
    if (const auto field = foreign_to_staff(in))
        throw http::field_problem(*field, {"n'est pas à changer ici", "is not changed here"},
                                  context.language);
    or_throw(co_await lock_staff(tx, id), errors::auth_required);
    StaffView before = co_await find_staff_view(deps, tx, id, seer);
    match.check(before);
    if (!in.language || *in.language == before.language) co_return before;
    const auto word = [](Language language) {
        return boost::describe::enum_to_string(language, "");
    };
    save_staff_language(tx, id, *in.language, context.now);
    audit::record(tx,
                  {.actor = audit::Actor::staff(id, before.username),
                   .action = "UPDATE_STAFF",
                   .entity = "Staff",
                   .entity_id = id.uuid,
                   .before = boost::json::object{{"language", word(before.language)}},
                   .after = boost::json::object{{"language", word(*in.language)}},
                   .meta = audit::meta_of(context)},
                  context.now);
    co_return co_await find_staff_view(deps, tx, id, seer);
}

}  // namespace

Task<MeAnswer> patch_own(const Deps& deps, pg::Tx& tx, http::Context& context,
                         http::AnyCaller caller, http::IfMatch match,
                         http::Body<ProfilePatch> body) {
    const http::Caller& who = caller.caller;
    if (who.kind == http::Caller::Kind::staff)
        co_return http::Ok<StaffView>{co_await patch_staff(deps, tx, context, match, *body)};
    co_return co_await patch_me(deps, tx, context, {who.account(), who.session}, std::move(match),
                                std::move(body));
}

Task<http::Ok<PublicProfile>> get_public_profile(const Deps& deps, http::AnyCaller,
                                                 http::Path<AccountId> id) {
    const auto cards = co_await find_person_cards(deps.db, {*id});
    if (cards.empty() || cards[0].is_closed) throw Refusal{errors::not_found};
    const PersonCard& card = cards[0];
    PublicProfile profile{.id = card.id,
                          .first_name = card.first_name,
                          .last_initial = card.last_initial,
                          .photo_url = std::nullopt,
                          .rating_avg = rating_average(card.rating_sum, card.rating_count),
                          .rating_count = card.rating_count,
                          .member_since = card.member_since,
                          .verified = {card.phone_verified, card.email_verified,
                                       card.identity_verified, card.driver_verified}};
    if (card.photo_file_id) profile.photo_url = deps.file_urls.media(*card.photo_file_id, "thumb");
    co_return http::Ok<PublicProfile>{std::move(profile)};
}

}  // namespace taama::identity
