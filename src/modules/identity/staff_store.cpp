#include "modules/identity/staff_store.hpp"

#include "platform/errors.hpp"

namespace taama::identity {

PG_STATEMENT constexpr pg::Sql find_staff_by_identifier_sql{"identity.find_staff_by_identifier",
                                                            R"sql(
    select id, username, email, password_hash, full_name, role, is_active
      from identity.staff
     where deleted_at is null and (lower(username) = lower($1) or lower(email) = lower($1)))sql"};

Task<std::optional<StaffMember>> find_staff_by(pg::Db& db, std::string_view identifier) {
    const pg::Rows rows = co_await db.query(find_staff_by_identifier_sql, identifier);
    // A username has no @, so that it never equals another's e-mail.
    co_return rows.at_most_one<StaffMember>();
}

PG_STATEMENT constexpr pg::Sql lock_staff_sql{"identity.lock_staff", R"sql(
    select id, username, email, password_hash, full_name, role, is_active
      from identity.staff
     where id = $1 and deleted_at is null
       for update)sql"};

Task<std::optional<StaffMember>> lock_staff(pg::Tx& tx, StaffId id) {
    const pg::Rows rows = co_await tx.query(lock_staff_sql, id);
    co_return rows.at_most_one<StaffMember>();
}

PG_STATEMENT constexpr pg::Sql save_staff_login_sql{"identity.save_staff_login", R"sql(
    update identity.staff set last_login_at = $2 where id = $1)sql"};

void save_staff_login(pg::Tx& tx, StaffId id, UtcTime now) {
    tx.enqueue_one(save_staff_login_sql, id, now);
}

PG_STATEMENT constexpr pg::Sql save_staff_language_sql{"identity.save_staff_language", R"sql(
    update identity.staff set language = $2, updated_at = $3 where id = $1)sql"};

void save_staff_language(pg::Tx& tx, StaffId id, Language language, UtcTime now) {
    tx.enqueue_one(save_staff_language_sql, id, language, now);
}

PG_STATEMENT constexpr pg::Sql save_staff_password_sql{"identity.save_staff_password", R"sql(
    update identity.staff
       set password_hash = $2, must_change_password = false, updated_at = $3
     where id = $1)sql"};

void save_staff_password(pg::Tx& tx, StaffId id, const std::string& hash, UtcTime now) {
    tx.enqueue_one(save_staff_password_sql, id, hash, now);
}

PG_STATEMENT constexpr pg::Sql save_new_staff_sql{"identity.save_new_staff", R"sql(
    insert into identity.staff (id, username, email, password_hash, full_name, role, created_by,
                                created_at, updated_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $8)
    on conflict do nothing)sql"};

PG_STATEMENT constexpr pg::Sql username_is_taken_sql{"identity.username_is_taken", R"sql(
    select exists (select from identity.staff
                    where lower(username) = lower($1) and deleted_at is null))sql"};

Task<void> save_new_staff(pg::Tx& tx, const NewStaff& staff, UtcTime now) {
    const pg::Rows saved =
        co_await tx.query(save_new_staff_sql, staff.id, staff.username, staff.email,
                          staff.password_hash, staff.full_name, staff.role, staff.created_by, now);
    if (saved.affected() == 1) co_return;
    const pg::Rows taken = co_await tx.query(username_is_taken_sql, staff.username);
    throw Refusal{errors::already_exists, {{"field", taken.one<bool>() ? "username" : "email"}}};
}

}  // namespace taama::identity
