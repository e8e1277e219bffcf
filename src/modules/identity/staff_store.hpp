#pragma once

#include "platform/http/message.hpp"
#include "platform/pg/tx.hpp"

namespace taama::identity {

// What signing in asks about staff.
struct StaffMember {
    StaffId id;
    std::string username;
    std::optional<std::string> email;
    std::optional<std::string> password_hash;
    std::string full_name;
    http::Role role = http::Role::support;
    bool is_active = true;
};
BOOST_DESCRIBE_STRUCT(StaffMember, (),
                      (id, username, email, password_hash, full_name, role, is_active))

Task<std::optional<StaffMember>> find_staff_by(pg::Db& db, std::string_view identifier);
Task<std::optional<StaffMember>> lock_staff(pg::Tx& tx, StaffId id);
void save_staff_login(pg::Tx& tx, StaffId id, UtcTime now);
void save_staff_language(pg::Tx& tx, StaffId id, Language language, UtcTime now);
void save_staff_password(pg::Tx& tx, StaffId id, const std::string& hash, UtcTime now);

struct NewStaff {
    StaffId id;
    std::string username;
    std::optional<std::string> email;
    std::string password_hash;
    std::string full_name;
    http::Role role = http::Role::support;
    std::optional<StaffId> created_by;
};
// Throws already_exists {field} when the username or e-mail is taken.
Task<void> save_new_staff(pg::Tx& tx, const NewStaff& staff, UtcTime now);

}  // namespace taama::identity
