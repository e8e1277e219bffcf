#include "modules/identity/identity.hpp"

#include <algorithm>
#include <cmath>

#include "modules/identity/account_store.hpp"
#include "modules/identity/errors.hpp"
#include "modules/identity/kyc_rules.hpp"
#include "platform/events/events.hpp"

namespace taama::identity {

bool AccountFacts::has(PersonRole role) const {
    return std::ranges::find(roles, role) != roles.end();
}

namespace {

PG_STATEMENT constexpr pg::Sql find_account_facts_sql{"identity.find_account_facts", R"sql(
    select id, status, kyc_tier, phone, phone_verified_at is not null, roles
      from identity.account_facts
     where id = $1)sql"};

PG_STATEMENT constexpr pg::Sql contact_of_sql{"identity.contact_of", R"sql(
    select case when phone_verified_at is not null then phone end,
           case when email_verified_at is not null then email end, language, first_name
      from identity.account_facts
     where id = $1)sql"};

PG_STATEMENT constexpr pg::Sql find_person_cards_sql{"identity.find_person_cards", R"sql(
    select id, first_name, last_initial, photo_file_id, rating_sum, rating_count,
           driver_rating_sum, driver_rating_count, passenger_rating_sum, passenger_rating_count,
           member_since, phone_verified, email_verified, identity_verified, driver_verified, is_closed
      from identity.person_cards
     where id = any ($1::uuid[]))sql"};

}  // namespace

Task<std::optional<AccountFacts>> find_account_facts(pg::Tx& tx, AccountId user) {
    const pg::Rows rows = co_await tx.query(find_account_facts_sql, user);
    if (rows.empty()) co_return std::nullopt;
    AccountFacts facts;
    rows[0].read(0, facts.id);
    rows[0].read(1, facts.status);
    rows[0].read(2, facts.kyc_tier);
    rows[0].read(3, facts.phone);
    rows[0].read(4, facts.phone_verified);
    rows[0].read(5, facts.roles);
    co_return facts;
}

void check_tier(const AccountFacts& facts, int tier) {
    if (facts.status == AccountStatus::suspended) throw Refusal{errors::account_suspended};
    if (facts.kyc_tier >= tier) return;
    boost::json::array missing;
    for (const auto word : missing_for(facts.kyc_tier, tier)) missing.emplace_back(word);
    throw Refusal{errors::kyc_required,
                  {{"required_tier", tier},
                   {"current_tier", facts.kyc_tier},
                   {"missing", std::move(missing)}}};
}

Task<void> require_tier(pg::Tx& tx, AccountId user, int tier) {
    const auto facts = co_await find_account_facts(tx, user);
    if (!facts) throw Refusal{errors::not_found};
    check_tier(*facts, tier);
}

Task<std::optional<Contact>> contact_of(pg::Tx& tx, AccountId user) {
    const pg::Rows rows = co_await tx.query(contact_of_sql, user);
    if (rows.empty()) co_return std::nullopt;
    Contact contact;
    rows[0].read(0, contact.phone);
    rows[0].read(1, contact.email);
    rows[0].read(2, contact.language);
    rows[0].read(3, contact.first_name);
    co_return contact;
}

Task<std::vector<PersonCard>> find_person_cards(pg::Db& db, const std::vector<AccountId>& people) {
    const pg::Rows rows = co_await db.query(find_person_cards_sql, people);
    co_return rows.all<PersonCard>();
}

std::optional<double> rating_average(std::int64_t sum, std::int64_t count) {
    if (count == 0) return std::nullopt;
    const std::int64_t hundredths = (200 * sum + count) / (2 * count);
    return static_cast<double>(hundredths) / 100.0;
}

namespace {

Task<void> change_roles(pg::Tx& tx, const RoleChange& change, bool grant, UtcTime now) {
    const Account account = or_throw(co_await lock_account(tx, change.user), errors::not_found);
    std::vector<PersonRole> roles = account.roles;
    std::erase(roles, change.role);
    if (grant) roles.push_back(change.role);
    std::ranges::sort(roles);
    if (roles == account.roles) co_return;
    const auto words = [](const std::vector<PersonRole>& list) {
        boost::json::array out;
        for (const PersonRole role : list)
            out.emplace_back(boost::describe::enum_to_string(role, ""));
        return out;
    };
    save_roles(tx, account.id, roles, now);
    save_history(tx,
                 {.account = account.id,
                  .field = "roles",
                  .from = words(account.roles),
                  .to = words(roles),
                  .actor = audit::Actor::system("identity"),
                  .reason = change.reason},
                 now);
    events::emit(
        tx, "account.roles_changed",
        {{"user_id", account.id.to_string()}, {"reason", change.reason}, {"roles", words(roles)}},
        now);
}

}  // namespace

Task<void> grant_role(pg::Tx& tx, RoleChange change, UtcTime now) {
    co_await change_roles(tx, change, true, now);
}

Task<void> revoke_role(pg::Tx& tx, RoleChange change, UtcTime now) {
    co_await change_roles(tx, change, false, now);
}

}  // namespace taama::identity
