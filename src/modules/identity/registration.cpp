#include "modules/identity/registration.hpp"

#include <boost/describe/enum_from_string.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include "modules/identity/account_store.hpp"
#include "modules/identity/errors.hpp"
#include "platform/events/events.hpp"

namespace taama::identity {

namespace {

constexpr std::chrono::minutes registration_life{30};
constexpr std::string_view seal_purpose = "identity.registration";

std::string to_text(const Registration& data) {
    boost::json::object out{{"first_name", data.first_name},
                            {"last_name", data.last_name},
                            {"language", boost::describe::enum_to_string(data.language, "fr")}};
    if (data.password_hash) out["password_hash"] = *data.password_hash;
    if (data.gender) out["gender"] = boost::describe::enum_to_string(*data.gender, "");
    if (data.birthdate) out["birthdate"] = to_string(*data.birthdate);
    if (data.referral_code) out["referral_code"] = *data.referral_code;
    if (data.terms_version) out["terms_version"] = *data.terms_version;
    return boost::json::serialize(out);
}

Registration to_registration(std::string_view text) {
    const boost::json::object in = boost::json::parse(text).as_object();
    const auto find = [&](std::string_view key) {
        const auto* value = in.if_contains(key);
        return value ? std::optional<std::string>{value->as_string()} : std::nullopt;
    };
    Registration data;
    data.password_hash = find("password_hash");
    data.first_name = find("first_name").value_or("");
    data.last_name = find("last_name").value_or("");
    if (const auto gender = find("gender"))
        boost::describe::enum_from_string(gender->c_str(), data.gender.emplace());
    if (const auto birthdate = find("birthdate")) data.birthdate = parse_date(*birthdate);
    boost::describe::enum_from_string(find("language").value_or("fr").c_str(), data.language);
    data.referral_code = find("referral_code");
    data.terms_version = find("terms_version");
    return data;
}

PG_STATEMENT constexpr pg::Sql save_registration_sql{"identity.save_registration", R"sql(
    insert into identity.registrations (id, destination, payload, expires_at, created_at)
         values ($1, $2, $3, $4, $5))sql"};

PG_STATEMENT constexpr pg::Sql take_registration_sql{"identity.take_registration", R"sql(
    with taken as (
        update identity.registrations
           set used_at = $3
         where id = $1 and used_at is null and expires_at > $3
     returning id, payload
    ), dropped as (
        update identity.registrations r
           set used_at = $3
          from taken
         where r.destination = $2 and r.used_at is null and r.expires_at > $3 and r.id <> taken.id
     returning r.id
    )
    select payload, not exists (select from dropped) from taken)sql"};

PG_STATEMENT constexpr pg::Sql drop_registrations_sql{"identity.drop_registrations", R"sql(
    update identity.registrations
       set used_at = $2
     where destination = $1 and used_at is null)sql"};

}  // namespace

void save_registration(const Deps& deps, pg::Tx& tx, const WaitingRegistration& waiting,
                       UtcTime now) {
    tx.enqueue(save_registration_sql, waiting.id, waiting.destination.address,
               deps.secrets.seal(seal_purpose, to_text(waiting.data)), now + registration_life,
               now);
}

Task<std::optional<TakenRegistration>> take_registration(const Deps& deps, pg::Tx& tx,
                                                         RegistrationId id,
                                                         const Destination& destination,
                                                         UtcTime now) {
    const pg::Rows rows = co_await tx.query(take_registration_sql, id, destination.address, now);
    if (rows.empty()) co_return std::nullopt;
    co_return TakenRegistration{
        to_registration(deps.secrets.open(seal_purpose, rows[0].get<pg::Bytes>(0))),
        rows[0].get<bool>(1)};
}

void drop_registrations(pg::Tx& tx, const Destination& destination, UtcTime now) {
    tx.enqueue(drop_registrations_sql, destination.address, now);
}

Task<OpenedAccount> open_account(pg::Tx& tx, const Destination& contact,
                                 const Registration& registration, UtcTime now) {
    const auto id = AccountId::make();
    const bool is_new = co_await save_new_account(tx,
                                                  {.id = id,
                                                   .contact = contact,
                                                   .password_hash = registration.password_hash,
                                                   .first_name = registration.first_name,
                                                   .last_name = registration.last_name,
                                                   .gender = registration.gender,
                                                   .birthdate = registration.birthdate,
                                                   .language = registration.language,
                                                   .terms_version = registration.terms_version},
                                                  now);
    if (!is_new) {
        const Account other =
            or_throw(co_await lock_account_by(tx, contact), errors::already_exists);
        co_return OpenedAccount{other.id, false};
    }
    save_history(tx,
                 {.account = id,
                  .field = "status",
                  .from = nullptr,
                  .to = "active",
                  .actor = audit::Actor::user(id),
                  .reason = "contact_proved"},
                 now);
    boost::json::object created{
        {"user_id", id.to_string()},
        {"via", "otp"},
        {"language", boost::describe::enum_to_string(registration.language, "fr")}};
    if (registration.referral_code) created["referral_code"] = *registration.referral_code;
    events::emit(tx, "account.created", std::move(created), now);
    if (contact.channel == Channel::sms) {
        save_history(tx,
                     {.account = id,
                      .field = "kyc_tier",
                      .from = 0,
                      .to = 1,
                      .actor = audit::Actor::user(id),
                      .reason = "phone_verified"},
                     now);
        events::emit(tx, "kyc.tier_changed",
                     {{"user_id", id.to_string()},
                      {"tier", 1},
                      {"old_tier", 0},
                      {"reason", "phone_verified"}},
                     now);
    }
    co_return OpenedAccount{id, true};
}

}  // namespace taama::identity
