#include "modules/identity/rating_copy.hpp"

namespace taama::identity {

namespace {

PG_STATEMENT constexpr pg::Sql copy_rating_sql{"identity.copy_rating", R"sql(
    insert into identity.account_ratings (account_id, role, sum, count, version)
         values ($1, $2, $3, $4, $5)
    on conflict (account_id, role) do update
         set sum = excluded.sum, count = excluded.count, version = excluded.version
       where account_ratings.version < excluded.version)sql"};

}  // namespace

Task<void> copy_rating(pg::Tx& tx, const events::Event& event) {
    const auto number = [&](const char* key) {
        return event.payload.at(key).to_number<std::int64_t>();
    };
    const auto text = [&](const char* key) {
        return std::string{event.payload.at(key).as_string()};
    };
    co_await tx.query(copy_rating_sql, text("to_user_id"), text("to_role"), number("sum"),
                      number("count"), number("version"));
}

}  // namespace taama::identity
