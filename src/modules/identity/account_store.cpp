#include "modules/identity/account_store.hpp"

#include "platform/crypto/random.hpp"

namespace taama::identity {

namespace {

PG_STATEMENT constexpr pg::Sql find_account_sql{"identity.find_account", R"sql(
    select id, status, phone, phone_verified_at, email, email_verified_at, password_hash, first_name,
           last_name, gender, birthdate, photo_file_id, language, roles, kyc_tier, names_locked,
           last_login_at, created_at
      from identity.accounts
     where id = $1)sql"};

PG_STATEMENT constexpr pg::Sql find_account_by_contact_sql{"identity.find_account_by_contact",
                                                           R"sql(
    select id, status, phone, phone_verified_at, email, email_verified_at, password_hash, first_name,
           last_name, gender, birthdate, photo_file_id, language, roles, kyc_tier, names_locked,
           last_login_at, created_at
      from identity.accounts
     where phone = $1 or email_norm = $2)sql"};

PG_STATEMENT constexpr pg::Sql lock_account_sql{"identity.lock_account", R"sql(
    select id, status, phone, phone_verified_at, email, email_verified_at, password_hash, first_name,
           last_name, gender, birthdate, photo_file_id, language, roles, kyc_tier, names_locked,
           last_login_at, created_at
      from identity.accounts
     where id = $1
       for update)sql"};

PG_STATEMENT constexpr pg::Sql lock_account_by_contact_sql{"identity.lock_account_by_contact",
                                                           R"sql(
    select id, status, phone, phone_verified_at, email, email_verified_at, password_hash, first_name,
           last_name, gender, birthdate, photo_file_id, language, roles, kyc_tier, names_locked,
           last_login_at, created_at
      from identity.accounts
     where phone = $1 or email_norm = $2
       for update)sql"};

// Of a Destination, the parameter that its channel does not use.
std::optional<std::string> phone_of(const Destination& contact) {
    return contact.channel == Channel::sms ? std::optional{contact.address} : std::nullopt;
}
std::optional<std::string> email_of(const Destination& contact) {
    return contact.channel == Channel::email ? std::optional{contact.address} : std::nullopt;
}

}  // namespace

std::vector<std::string> Account::personal_words() const {
    return {phone.value_or(""), email.value_or(""), first_name, last_name,
            first_name + " " + last_name};
}

Task<std::optional<Account>> find_account(pg::Db& db, AccountId id) {
    const pg::Rows rows = co_await db.query(find_account_sql, id);
    co_return rows.at_most_one<Account>();
}

Task<std::optional<Account>> find_account_by(pg::Db& db, const Destination& contact) {
    const pg::Rows rows =
        co_await db.query(find_account_by_contact_sql, phone_of(contact), email_of(contact));
    co_return rows.at_most_one<Account>();
}

Task<std::optional<Account>> lock_account(pg::Tx& tx, AccountId id) {
    const pg::Rows rows = co_await tx.query(lock_account_sql, id);
    co_return rows.at_most_one<Account>();
}

Task<std::optional<Account>> lock_account_by(pg::Tx& tx, const Destination& contact) {
    const pg::Rows rows =
        co_await tx.query(lock_account_by_contact_sql, phone_of(contact), email_of(contact));
    co_return rows.at_most_one<Account>();
}

PG_STATEMENT constexpr pg::Sql save_new_account_sql{"identity.save_new_account", R"sql(
    insert into identity.accounts (id, phone, phone_verified_at, email, email_verified_at,
                                   password_hash, password_changed_at, first_name, last_name, gender,
                                   birthdate, language, terms_version, kyc_tier, referral_code,
                                   created_at, updated_at)
         values ($1, $2, case when $2::text is not null then $3::timestamptz end,
                 $4, case when $4::text is not null then $3::timestamptz end,
                 $5, case when $5::text is not null then $3::timestamptz end, $6, $7, $8, $9, $10, $11,
                 case when $2::text is not null then 1 else 0 end, $12, $3, $3)
    on conflict do nothing)sql"};

PG_STATEMENT constexpr pg::Sql contact_is_taken_sql{"identity.contact_is_taken", R"sql(
    select exists (select from identity.accounts where phone = $1 or email_norm = $2))sql"};

Task<bool> save_new_account(pg::Tx& tx, const NewAccount& account, UtcTime now) {
    const auto phone = phone_of(account.contact);
    const auto email = email_of(account.contact);
    // Another account may have the contact, or, once in 10^12, the referral code.
    for (;;) {
        const pg::Rows saved = co_await tx.query(
            save_new_account_sql, account.id, phone, now, email, account.password_hash,
            account.first_name, account.last_name, account.gender, account.birthdate,
            account.language, account.terms_version, crypto::random_code(8));
        if (saved.affected() == 1) co_return true;
        const pg::Rows taken = co_await tx.query(contact_is_taken_sql, phone, email);
        if (taken.one<bool>()) co_return false;
    }
}

PG_STATEMENT constexpr pg::Sql save_contact_verified_sql{"identity.save_contact_verified", R"sql(
    update identity.accounts
       set phone_verified_at = case when $2 = 'sms' then coalesce(phone_verified_at, $3)
                                    else phone_verified_at end,
           email_verified_at = case when $2 = 'email' then coalesce(email_verified_at, $3)
                                    else email_verified_at end,
           updated_at = $3
     where id = $1)sql"};

void save_contact_verified(pg::Tx& tx, AccountId id, Channel channel, UtcTime now) {
    tx.enqueue_one(save_contact_verified_sql, id, channel, now);
}

PG_STATEMENT constexpr pg::Sql save_contact_sql{"identity.save_contact", R"sql(
    update identity.accounts
       set phone = coalesce($2, phone), email = coalesce($3, email),
           phone_verified_at = case when $2::text is null then phone_verified_at else $4 end,
           email_verified_at = case when $3::text is null then email_verified_at else $4 end,
           updated_at = $4
     where id = $1
       and not exists (select from identity.accounts where (phone = $2 or email_norm = $3) and id <> $1))sql"};

// Two accounts that take one number at the same instant: the unique index refuses the second.
Task<bool> save_contact(pg::Tx& tx, AccountId id, const Destination& contact, UtcTime now) {
    const pg::Rows saved =
        co_await tx.query(save_contact_sql, id, phone_of(contact), email_of(contact), now);
    co_return saved.affected() == 1;
}

PG_STATEMENT constexpr pg::Sql save_phone_released_sql{"identity.save_phone_released", R"sql(
    update identity.accounts
       set phone = null, phone_verified_at = null, contact_released_at = $2, updated_at = $2
     where id = $1)sql"};

void save_phone_released(pg::Tx& tx, AccountId id, UtcTime now) {
    tx.enqueue_one(save_phone_released_sql, id, now);
}

PG_STATEMENT constexpr pg::Sql save_status_sql{"identity.save_status", R"sql(
    update identity.accounts
       set status = $2, updated_at = $3,
           suspended_reason = case when $2 = 'suspended' then suspended_reason end,
           suspended_until = case when $2 = 'suspended' then suspended_until end
     where id = $1)sql"};

void save_status(pg::Tx& tx, AccountId id, AccountStatus status, UtcTime now) {
    tx.enqueue_one(save_status_sql, id, status, now);
}

PG_STATEMENT constexpr pg::Sql save_password_sql{"identity.save_password", R"sql(
    update identity.accounts
       set password_hash = $2, password_changed_at = $3, updated_at = $3
     where id = $1)sql"};

void save_password(pg::Tx& tx, AccountId id, const std::string& hash, UtcTime now) {
    tx.enqueue_one(save_password_sql, id, hash, now);
}

PG_STATEMENT constexpr pg::Sql save_login_sql{"identity.save_login", R"sql(
    update identity.accounts set last_login_at = $2, last_seen_at = $2 where id = $1)sql"};

void save_login(pg::Tx& tx, AccountId id, UtcTime now) { tx.enqueue_one(save_login_sql, id, now); }

PG_STATEMENT constexpr pg::Sql save_tier_sql{"identity.save_tier", R"sql(
    update identity.accounts set kyc_tier = $2, updated_at = $3 where id = $1)sql"};

void save_tier(pg::Tx& tx, AccountId id, int tier, UtcTime now) {
    tx.enqueue_one(save_tier_sql, id, tier, now);
}

PG_STATEMENT constexpr pg::Sql save_roles_sql{"identity.save_roles", R"sql(
    update identity.accounts set roles = $2, updated_at = $3 where id = $1)sql"};

void save_roles(pg::Tx& tx, AccountId id, const std::vector<PersonRole>& roles, UtcTime now) {
    tx.enqueue_one(save_roles_sql, id, roles, now);
}

PG_STATEMENT constexpr pg::Sql save_names_sql{"identity.save_names", R"sql(
    update identity.accounts
       set first_name = $2, last_name = $3, birthdate = $4, names_locked = $5, updated_at = $6
     where id = $1)sql"};

void save_names(pg::Tx& tx, AccountId id, const Names& names, bool locked, UtcTime now) {
    tx.enqueue_one(save_names_sql, id, names.first_name, names.last_name, names.birthdate, locked,
                   now);
}

PG_STATEMENT constexpr pg::Sql save_profile_sql{"identity.save_profile", R"sql(
    update identity.accounts
       set first_name = $2, last_name = $3, gender = $4, birthdate = $5, language = $6,
           photo_file_id = $7, preferences = preferences || $8::jsonb, updated_at = $9
     where id = $1)sql"};

void save_profile(pg::Tx& tx, AccountId id, const ProfileChange& change, UtcTime now) {
    tx.enqueue_one(save_profile_sql, id, change.first_name, change.last_name, change.gender,
                   change.birthdate, change.language, change.photo_file_id, change.preferences,
                   now);
}

PG_STATEMENT constexpr pg::Sql save_history_sql{"identity.save_history", R"sql(
    insert into identity.account_history (account_id, at, field, from_value, to_value, actor_type,
                                          actor_id, reason)
         values ($1, $2, $3, $4, $5, $6, $7, $8))sql"};

void save_history(pg::Tx& tx, const HistoryRow& row, UtcTime now) {
    tx.enqueue(save_history_sql, row.account, now, row.field, row.from, row.to, row.actor.type,
               row.actor.id, row.reason);
}

}  // namespace taama::identity
