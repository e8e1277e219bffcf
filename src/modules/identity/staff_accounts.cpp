#include "modules/identity/staff_accounts.hpp"

#include <boost/describe/enum_from_string.hpp>

#include <algorithm>

#include "modules/audit/audit.hpp"
#include "modules/identity/deps.hpp"
#include "modules/identity/errors.hpp"
#include "modules/identity/password_rules.hpp"
#include "modules/identity/passwords.hpp"
#include "modules/identity/staff_store.hpp"
#include "platform/events/events.hpp"
#include "platform/http/field_problem.hpp"

namespace taama::identity {

namespace {

bool is_username(std::string_view text) {
    return text.size() >= 3 && text.size() <= 60 && std::ranges::all_of(text, [](char c) {
               return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.' || c == '_' ||
                      c == '-';
           });
}

json::Said said_username() {
    return {"3 à 60 caractères parmi a-z, 0-9, point, tiret et souligné",
            "3 to 60 of a-z, 0-9, dot, dash and underscore"};
}

http::Role to_role(TestUserRole role) {
    if (role == TestUserRole::admin) return http::Role::rental_admin;
    if (role == TestUserRole::manager) return http::Role::rental_manager;
    http::Role same{};
    boost::describe::enum_from_string(boost::describe::enum_to_string(role, ""), same);
    return same;
}

}  // namespace

Task<StaffId> create_staff(pg::Db& db, WorkPool& work_pool, StaffIn staff, UtcTime now) {
    if (!is_username(staff.username))
        throw http::field_problem("username", said_username(), Language::en);
    auto password =
        accept_password(staff.password, std::vector<std::string>{staff.username, staff.full_name});
    if (!password) throw http::field_problem("password", password.error(), Language::en);
    const std::string hash = co_await hash_password(work_pool, std::move(*password));

    const auto id = StaffId::make();
    const char* role = boost::describe::enum_to_string(staff.role, "");
    pg::Tx tx = co_await db.begin();
    co_await save_new_staff(tx,
                            {.id = id,
                             .username = staff.username,
                             .email = staff.email,
                             .password_hash = hash,
                             .full_name = staff.full_name,
                             .role = staff.role,
                             .created_by = std::nullopt},
                            now);
    audit::record(tx,
                  {.actor = audit::Actor::system("staff"),
                   .action = "CREATE_STAFF",
                   .entity = "Staff",
                   .entity_id = id.uuid,
                   .after = boost::json::object{{"username", staff.username}, {"role", role}}},
                  now);
    events::emit(tx, "staff.created", {{"staff_id", id.to_string()}, {"role", role}}, now);
    co_await tx.commit();
    co_return id;
}

Task<http::Created<StaffView>> create_test_user(const Deps& deps, const http::Context& context,
                                                http::Public, http::Body<TestUserIn> body) {
    const StaffId id = co_await create_staff(deps.db, deps.work_pool,
                                             {.username = body->username.text,
                                              .full_name = body->full_name.value,
                                              .role = to_role(body->role),
                                              .password = body->password.value},
                                             context.now);
    StaffView view = or_throw(co_await find_staff_view(deps, deps.db, id, {}), errors::not_found);
    co_return http::Created<StaffView>{std::move(view), "/admin/staff/" + id.to_string()};
}

}  // namespace taama::identity

void taama::json::Codec<taama::identity::Username>::read(Reader& r, const Node& node,
                                                         taama::identity::Username& out) {
    if (node.type == Node::Type::string && taama::identity::is_username(node.text))
        out.text = node.text;
    else
        r.problem(taama::identity::said_username());
}
