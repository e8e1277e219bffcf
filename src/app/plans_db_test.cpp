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

constexpr int rows_of_each = 3000;
constexpr double many_rows = 1000;
constexpr std::size_t deepest_plan = 200;

constexpr pg::Sql explain_sql{"test.explain", "select explain($1, $2, $3)::text"};
constexpr pg::Sql partial_indexes_sql{
    "test.partial_indexes",
    "select relname from pg_class join pg_index on indexrelid = oid where indpred is not null"};

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
        execute format('deallocate %I', 'explained ' || name);
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
    "app.read_schedules",
    "payments.find_current_schedules",
    "settings.read_values",
    "ledger.read_last_check",
    "app.save_demo_paper",
    // Lists of the staff, searched for any text and sorted by anything.
    "identity.find_reviews",
    "identity.count_reviews",
    "vehicles.find_all",
    // Upkeep once a day, and of what is kept for a day.
    "platform.delete_event_marks",
    "identity.forget_codes",
    "identity.forget_failures",
    "identity.forget_registrations",
    "identity.forget_guards",
    // A gauge that is read seldom; of a busy operator it goes through all holds there ever were.
    "ledger.read_open_holds",
};

using Names = std::set<std::string>;

// Whether a node of a plan goes through a table without knowing what it wants of it. One that goes
// through an index of few rows only, may.
bool reads_all(const boost::json::object& node, const Names& partial_indexes) {
    if (node.contains("Index Cond") || node.contains("Recheck Cond")) return false;
    if (node.at("Plan Rows").to_number<double>() > many_rows) return true;
    const auto* index = node.if_contains("Index Name");
    if (!index) return node.at("Node Type").as_string() == "Seq Scan";
    return node.contains("Filter") && !partial_indexes.contains(std::string{index->as_string()});
}

void find_full_reads(const boost::json::object& node, const Names& partial_indexes, Names& tables) {
    const auto* relation = node.if_contains("Relation Name");
    if (relation && reads_all(node, partial_indexes)) tables.emplace(relation->as_string());
    if (const auto* inner = node.if_contains("Plans"))
        for (const auto& each : inner->as_array())
            find_full_reads(each.as_object(), partial_indexes, tables);
}

Task<boost::json::object> plan_of(pg::Db& db, const pg::Sql& sql) {
    const pg::Rows rows =
        co_await db.query(explain_sql, sql.name, sql.text, parameters_of(sql.text));
    const auto plan = boost::json::parse(rows.one<std::string>(), {}, {.max_depth = deepest_plan});
    co_return plan.at(0).at("Plan").as_object();
}

Task<Names> full_reads(pg::Db& db, const pg::Sql& sql, const Names& partial_indexes) {
    Names tables;
    find_full_reads(co_await plan_of(db, sql), partial_indexes, tables);
    co_return tables;
}

Task<void> expect_no_full_reads(pg::Db& db) {
    Names partial_indexes;
    for (auto& name : (co_await db.query(partial_indexes_sql)).all<std::string>())
        partial_indexes.insert(std::move(name));
    for (const pg::Sql& sql : pg::all_statements()) {
        if (std::ranges::find(about_everything, sql.name) != std::end(about_everything)) continue;
        const Names tables = co_await full_reads(db, sql, partial_indexes);
        EXPECT_TRUE(tables.empty())
            << sql.name << " reads all of " << fmt::format("{}", fmt::join(tables, ", "));
    }
}

// A statement of many joins may be planned in parts, and a part that does not see who is asked for
// reads all people there are.
TEST(Plans, NoStatementReadsAWholeTable) {
    test::TestDatabase database;
    test::fill_tables(database.url(), rows_of_each);
    test::Sql{database.url()}.query(explain_function);
    database.run(expect_no_full_reads);
}

bool has(const boost::json::object& node, std::string_view key, std::string_view text) {
    const auto* found = node.if_contains(key);
    return found && found->as_string().find(text) != std::string_view::npos;
}

// Whether the bookings of a trip are gone through for those of one person.
bool picks_a_person(const boost::json::object& node) {
    if (has(node, "Relation Name", "bookings") && has(node, "Filter", "(passenger_id = ") &&
        (has(node, "Index Cond", "(trip_id = ") || has(node, "Recheck Cond", "(trip_id = ")))
        return true;
    const auto* inner = node.if_contains("Plans");
    return inner && std::ranges::any_of(inner->as_array(), [](const auto& each) {
               return picks_a_person(each.as_object());
           });
}

Task<Names> all_that_pick(pg::Db& db) {
    Names picking;
    for (const pg::Sql& sql : pg::all_statements())
        if (picks_a_person(co_await plan_of(db, sql))) picking.emplace(sql.name);
    co_return picking;
}

constexpr pg::Sql drop_index_sql{"test.drop_index", "drop index carpool.bookings_past"};

Task<void> expect_nobody_picked(pg::Db& db) {
    EXPECT_EQ(co_await all_that_pick(db), Names{});
    co_await db.query(drop_index_sql);
    EXPECT_FALSE((co_await all_that_pick(db)).empty()) << "it would not be noticed";
}

// A bus has sixty passengers, and as many watch it at once. PostgreSQL knows the average trip only,
// and takes what is said of trips where people ride more often than trips have riders.
constexpr auto ride_often = R"sql(
    with riders as (select array_agg(distinct passenger_id) as all_of_them from carpool.bookings)
    update carpool.bookings
       set status = 'completed', passenger_id = all_of_them[1 + abs(hashtext(id::text)) % 10]
      from riders)sql";

TEST(Plans, WhoLooksForHisOwnOnATripDoesNotReadItsBookings) {
    test::TestDatabase database;
    test::fill_tables(database.url(), rows_of_each);
    test::Sql{database.url()}.query(ride_often);
    test::Sql{database.url()}.query("analyze carpool.bookings");
    test::Sql{database.url()}.query(explain_function);
    database.run(expect_nobody_picked);
}

}  // namespace
}  // namespace taama
