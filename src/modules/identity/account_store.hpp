#pragma once

#include "modules/audit/audit.hpp"
#include "modules/identity/account.hpp"

namespace taama::identity {

Task<std::optional<Account>> find_account(pg::Db& db, AccountId id);
Task<std::optional<Account>> find_account_by(pg::Db& db, const Destination& contact);
Task<std::optional<Account>> lock_account(pg::Tx& tx, AccountId id);
Task<std::optional<Account>> lock_account_by(pg::Tx& tx, const Destination& contact);

// False when somebody else opened an account with this contact first; the loser reads theirs.
Task<bool> save_new_account(pg::Tx& tx, const NewAccount& account, UtcTime now);
void save_contact_verified(pg::Tx& tx, AccountId id, Channel channel, UtcTime now);
// False when the contact belongs to another account by now.
Task<bool> save_contact(pg::Tx& tx, AccountId id, const Destination& contact, UtcTime now);
void save_phone_released(pg::Tx& tx, AccountId id, UtcTime now);
void save_status(pg::Tx& tx, AccountId id, AccountStatus status, UtcTime now);
void save_password(pg::Tx& tx, AccountId id, const std::string& hash, UtcTime now);
void save_login(pg::Tx& tx, AccountId id, UtcTime now);
void save_tier(pg::Tx& tx, AccountId id, int tier, UtcTime now);
void save_roles(pg::Tx& tx, AccountId id, const std::vector<PersonRole>& roles, UtcTime now);

struct Names {
    std::string first_name;
    std::string last_name;
    std::optional<Date> birthdate;
};
void save_names(pg::Tx& tx, AccountId id, const Names& names, bool locked, UtcTime now);

struct ProfileChange {
    std::string first_name;
    std::string last_name;
    std::optional<Gender> gender;
    std::optional<Date> birthdate;
    Language language = Language::fr;
    std::optional<FileId> photo_file_id;
    boost::json::object preferences;  // joined to those that are stored
};
void save_profile(pg::Tx& tx, AccountId id, const ProfileChange& change, UtcTime now);

// What changed, for whoever asks how the account stood at an instant.
struct HistoryRow {
    AccountId account;
    std::string_view field;  // status, kyc_tier, roles, phone, email, name
    boost::json::value from;
    boost::json::value to;
    audit::Actor actor;
    std::string_view reason = {};
};
void save_history(pg::Tx& tx, const HistoryRow& row, UtcTime now);

}  // namespace taama::identity
