#pragma once

// People: what the other modules may ask about them.
//
// Statements of other modules may join two views:
//   identity.person_cards (id, first_name, last_initial, photo_file_id, rating_sum, rating_count,
//     driver_rating_sum, driver_rating_count, passenger_rating_sum, passenger_rating_count,
//     member_since, phone_verified, email_verified, identity_verified, driver_verified, is_closed)
//   identity.account_facts (id, status, kyc_tier, phone, phone_verified_at, email,
//   email_verified_at,
//     language, roles, first_name, last_name)

#include <boost/describe/enum.hpp>
#include <boost/json/object.hpp>

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "platform/id.hpp"
#include "platform/json/codec.hpp"
#include "platform/pg/tx.hpp"
#include "platform/task.hpp"
#include "platform/time/time.hpp"

namespace taama::identity {

enum class AccountStatus : std::uint8_t { pending_verification, active, suspended, closed };
BOOST_DESCRIBE_ENUM(AccountStatus, pending_verification, active, suspended, closed)

enum class PersonRole : std::uint8_t { client, driver, store_owner };
BOOST_DESCRIBE_ENUM(PersonRole, client, driver, store_owner)

// What guards of other modules ask.
struct AccountFacts {
    AccountId id;
    AccountStatus status = AccountStatus::active;
    int kyc_tier = 0;
    std::optional<std::string> phone;
    bool phone_verified = false;
    std::vector<PersonRole> roles;

    bool has(PersonRole role) const;
};
Task<std::optional<AccountFacts>> find_account_facts(pg::Tx& tx, AccountId user);

// Throws account_suspended, or kyc_required {required_tier, current_tier, missing[]}; not_found for
// nobody.
Task<void> require_tier(pg::Tx& tx, AccountId user, int tier);
// The same decision for a row of identity.account_facts that a caller's own statement has read.
void check_tier(const AccountFacts& facts, int tier);

// Where a person can be told something; verified contacts only.
struct Contact {
    std::optional<std::string> phone;
    std::optional<std::string> email;
    Language language = Language::fr;
    std::string first_name;
};
Task<std::optional<Contact>> contact_of(pg::Tx& tx, AccountId user);

// Roles are given by the modules that own the capability, never by the person. Repeats change
// nothing.
struct RoleChange {
    AccountId user;
    PersonRole role;
    std::string_view reason;
};
Task<void> grant_role(pg::Tx& tx, RoleChange change, UtcTime now);
Task<void> revoke_role(pg::Tx& tx, RoleChange change, UtcTime now);

// A person as others see them.
struct PersonCard {
    AccountId id;
    std::string first_name;
    std::string last_initial;
    std::optional<FileId> photo_file_id;
    std::int64_t rating_sum = 0;
    std::int64_t rating_count = 0;
    std::int64_t driver_rating_sum = 0;
    std::int64_t driver_rating_count = 0;
    std::int64_t passenger_rating_sum = 0;
    std::int64_t passenger_rating_count = 0;
    UtcTime member_since;
    bool phone_verified = false;
    bool email_verified = false;
    bool identity_verified = false;
    bool driver_verified = false;
    bool is_closed = false;
};
BOOST_DESCRIBE_STRUCT(PersonCard, (),
                      (id, first_name, last_initial, photo_file_id, rating_sum, rating_count,
                       driver_rating_sum, driver_rating_count, passenger_rating_sum,
                       passenger_rating_count, member_since, phone_verified, email_verified,
                       identity_verified, driver_verified, is_closed))
// In any order; people who do not exist are left out.
Task<std::vector<PersonCard>> find_person_cards(pg::Db& db, const std::vector<AccountId>& people);

// Half-up to two decimals; nothing while nobody has rated.
std::optional<double> rating_average(std::int64_t sum, std::int64_t count);

// A token that a right code has earned, for one act (PIN reset: "pin_reset"). Throws otp_expired
// when it is unknown, used or past its time; marks it used.
class Secrets;
struct EarnedToken {
    std::string_view token;
    std::string_view purpose;
};
Task<AccountId> consume_verified_token(const Secrets& secrets, pg::Tx& tx, EarnedToken earned,
                                       UtcTime now);

}  // namespace taama::identity
