#pragma once

// How staff come into being: by the command line, and in dev mode by anybody.

#include "modules/identity/me_view.hpp"
#include "platform/http/routes.hpp"
#include "platform/json/fields.hpp"
#include "platform/work_pool.hpp"

namespace taama::identity {

// a-z, 0-9, dot, dash, underscore; 3 to 60 of them.
struct Username {
    std::string text;
};

struct StaffIn {
    std::string username;
    std::string full_name;
    http::Role role = http::Role::support;
    std::optional<std::string> email{};
    std::string password;
};
// For `taama staff create`. Throws validation_error or already_exists {field}.
Task<StaffId> create_staff(pg::Db& db, WorkPool& work_pool, StaffIn staff, UtcTime now);

// admin and manager are the words of the rental desk.
enum class TestUserRole : std::uint8_t {
    admin,
    manager,
    super,
    ops,
    support,
    finance,
    compliance,
    rental_admin,
    rental_manager,
    fleet_viewer
};
BOOST_DESCRIBE_ENUM(TestUserRole, admin, manager, super, ops, support, finance, compliance,
                    rental_admin, rental_manager, fleet_viewer)

struct TestUserIn {
    Username username;
    json::Secret<8, 128> password;
    TestUserRole role = TestUserRole::admin;
    json::Text<1, 120> full_name;
};
BOOST_DESCRIBE_STRUCT(TestUserIn, (), (username, password, role, full_name))

// POST /auth/create_test_user: exists only in dev mode.
Task<http::Created<StaffView>> create_test_user(const Deps& deps, const http::Context& context,
                                                http::Public, http::Body<TestUserIn> body);

}  // namespace taama::identity

template <>
struct taama::json::Codec<taama::identity::Username> {
    static void read(Reader& r, const Node& node, taama::identity::Username& out);
    static boost::json::value schema(Schemas&) {
        return {{"type", "string"}, {"pattern", "^[a-z0-9._-]{3,60}$"}};
    }
};
