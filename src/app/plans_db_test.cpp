// How PostgreSQL plans the program's statements on the program's own connections.

#include <gtest/gtest.h>

#include <boost/json/parse.hpp>

#include <algorithm>
#include <charconv>
#include <string>

#include "tests/support/database.hpp"
#include "tests/support/sql.hpp"

namespace taama {
namespace {

constexpr std::string_view people = "accounts";
constexpr double many_rows = 1000;
constexpr std::size_t deepest_plan = 200;

constexpr pg::Sql explain_sql{"test.explain", "select explain($1, $2, $3)::text"};

// PREPARE wants a name of its own: the connection has prepared the statement already if it ran it.
constexpr auto explain_function = R"sql(
    create function explain(name text, statement text, parameters int) returns json
    language plpgsql as $$
    declare plan json;
    begin
        execute format('prepare %I as %s', 'explained ' || name, statement);
        execute format('explain (format json) execute %I%s', 'explained ' || name,
                       case when parameters > 0
                            then '(' || repeat('null,', parameters - 1) || 'null)' else '' end)
           into plan;
        return plan;
    end $$)sql";

constexpr auto add_people = R"sql(
    insert into identity.accounts (phone, referral_code)
    select '+22507' || lpad(n::text, 8, '0'), lpad(n::text, 8, 'X') from generate_series(1, 20000) n)sql";

int parameters_of(std::string_view statement) {
    int most = 0;
    for (std::size_t at = 0; (at = statement.find('$', at)) != statement.npos; ++at) {
        int number = 0;
        std::from_chars(&statement[at] + 1, statement.data() + statement.size(), number);
        most = std::max(most, number);
    }
    return most;
}

// Whether the plan goes through many people without knowing whom it wants.
bool reads_everybody(const boost::json::object& plan) {
    const auto* relation = plan.if_contains("Relation Name");
    if (relation && relation->as_string() == people && !plan.contains("Index Cond") &&
        !plan.contains("Recheck Cond") && plan.at("Plan Rows").to_number<double>() > many_rows)
        return true;
    const auto* inner = plan.if_contains("Plans");
    return inner && std::ranges::any_of(inner->as_array(), [](const boost::json::value& each) {
               return reads_everybody(each.as_object());
           });
}

Task<void> expect_no_full_reads(pg::Db& db) {
    for (const pg::Sql& sql : pg::all_statements()) {
        const auto text =
            (co_await db.query(explain_sql, sql.name, sql.text, parameters_of(sql.text)))
                .one<std::string>();
        const auto plan = boost::json::parse(text, {}, {.max_depth = deepest_plan});
        EXPECT_FALSE(reads_everybody(plan.at(0).at("Plan").as_object())) << sql.name << '\n'
                                                                         << text;
    }
}

// A statement of many joins may be planned in parts, and a part that does not see who is asked for
// reads all people there are.
TEST(Plans, NoStatementReadsEverybody) {
    test::TestDatabase database;
    test::Sql sql{database.url()};
    sql.query(explain_function);
    sql.query(add_people);
    sql.query("analyze identity.accounts");
    database.run(expect_no_full_reads);
}

}  // namespace
}  // namespace taama
