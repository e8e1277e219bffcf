// How PostgreSQL plans the program's statements on the program's own connections.

#include <gtest/gtest.h>

#include <fmt/ranges.h>
#include <boost/json/parse.hpp>

#include <algorithm>
#include <charconv>
#include <set>
#include <string>

#include "tests/support/database.hpp"
#include "tests/support/full_tables.hpp"
#include "tests/support/sql.hpp"

namespace taama {
namespace {

constexpr int rows = 3000;
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

int parameters_of(std::string_view statement) {
    int most = 0;
    for (std::size_t at = 0; (at = statement.find('$', at)) != statement.npos; ++at) {
        int number = 0;
        std::from_chars(&statement[at] + 1, statement.data() + statement.size(), number);
        most = std::max(most, number);
    }
    return most;
}

// These may read a whole table.
constexpr std::string_view about_everything[] = {
    // The nightly proof of the books.
    "ledger.check_sums",
    "ledger.check_accounts",
    "ledger.check_moved_accounts",
    "ledger.check_floors",
    "ledger.check_acts",
    "ledger.check_holds",
    "ledger.save_check_marks",
    "payments.check_escrows",
    "payments.check_captures",
    "payments.check_allocations",
    // Tables of a few rows.
    "carpool.find_ticket_keys",
    "payments.find_current_schedules",
    "payments.read_open_payments",
    "settings.read_values",
    "ledger.read_last_check",
    "app.save_demo_paper",
    // Lists of the staff, searched for any text and sorted by anything.
    "identity.find_reviews",
    "identity.count_reviews",
    "vehicles.find_all",
    // Upkeep once a day, or of what is kept for a day.
    "platform.delete_event_marks",
    "identity.forget_codes",
    "identity.forget_failures",
    "identity.forget_registrations",
    "identity.forget_guards",
    "identity.forget_sessions",
    // A gauge that is read seldom.
    "ledger.read_open_holds",
};

// The tables that the plan goes through without knowing what it wants of them.
void find_full_reads(const boost::json::object& plan, std::set<std::string>& tables) {
    const auto* relation = plan.if_contains("Relation Name");
    const bool by_condition = plan.contains("Index Cond") || plan.contains("Recheck Cond");
    if (relation && !by_condition &&
        (plan.at("Node Type").as_string() == "Seq Scan" ||
         plan.at("Plan Rows").to_number<double>() > many_rows))
        tables.emplace(relation->as_string());
    if (const auto* inner = plan.if_contains("Plans"))
        for (const auto& each : inner->as_array()) find_full_reads(each.as_object(), tables);
}

Task<void> expect_no_full_reads(pg::Db& db) {
    for (const pg::Sql& sql : pg::all_statements()) {
        if (std::ranges::find(about_everything, sql.name) != std::end(about_everything)) continue;
        const auto text =
            (co_await db.query(explain_sql, sql.name, sql.text, parameters_of(sql.text)))
                .one<std::string>();
        const auto plan = boost::json::parse(text, {}, {.max_depth = deepest_plan});
        std::set<std::string> tables;
        find_full_reads(plan.at(0).at("Plan").as_object(), tables);
        EXPECT_TRUE(tables.empty())
            << sql.name << " reads all of " << fmt::format("{}", fmt::join(tables, ", "));
    }
}

// A statement of many joins may be planned in parts, and a part that does not see who is asked for
// reads all people there are.
TEST(Plans, NoStatementReadsAWholeTable) {
    test::TestDatabase database;
    test::fill_tables(database.url(), rows);
    test::Sql{database.url()}.query(explain_function);
    database.run(expect_no_full_reads);
}

}  // namespace
}  // namespace taama
