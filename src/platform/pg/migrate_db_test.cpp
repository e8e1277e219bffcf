#include "platform/pg/migrate.hpp"

#include <gtest/gtest.h>
#include <libpq-fe.h>

#include <future>

#include "platform/pg/blocking.hpp"
#include "platform/pg/db.hpp"
#include "platform/pg/sql.hpp"
#include "tests/support/database.hpp"

namespace taama::pg {
namespace {

constexpr Migration first{"zoo", 1, "0001_animals.sql", "create table zoo.animals (name text)"};
constexpr Migration second{
    "zoo", 2, "0002_legs.sql",
    "alter table zoo.animals add legs int; insert into zoo.animals values ('ant', 6)"};
constexpr Migration broken{"zoo", 3, "0003_broken.sql",
                           "create table zoo.half (id int); create table zoo.animals (id int)"};

int count(const test::TestDatabase& database, const char* sql) {
    const auto result = BlockingConnection{database.url()}.run("count", sql);
    return std::atoi(PQgetvalue(result.get(), 0, 0));
}

TEST(Migrate, RunsEachOnce) {
    const test::TestDatabase database;
    const Migration both[] = {first, second};
    EXPECT_FALSE(is_current(database.url(), both));
    EXPECT_EQ(migrate(database.url(), std::span{both}.first(1)),
              std::vector<std::string>{"zoo/0001_animals.sql"});
    EXPECT_EQ(migrate(database.url(), both), std::vector<std::string>{"zoo/0002_legs.sql"});
    EXPECT_EQ(migrate(database.url(), both), std::vector<std::string>{});
    EXPECT_TRUE(is_current(database.url(), both));
    EXPECT_EQ(count(database, "select count(*) from zoo.animals"), 1);
}

TEST(Migrate, TwoAtOnceRunItOnce) {
    const test::TestDatabase database;
    const Migration both[] = {first, second};
    std::vector<std::future<std::size_t>> nodes;
    for (int i = 0; i < 4; ++i)
        nodes.push_back(
            std::async(std::launch::async, [&] { return migrate(database.url(), both).size(); }));
    std::size_t applied = 0;
    for (auto& node : nodes) applied += node.get();
    EXPECT_EQ(applied, 2u);
}

TEST(Migrate, RefusesAChangedText) {
    const test::TestDatabase database;
    const Migration before[] = {first};
    migrate(database.url(), before);
    Migration changed = first;
    changed.sql = "create table zoo.animals (name text not null)";
    const Migration after[] = {changed};
    EXPECT_THROW(migrate(database.url(), after), std::runtime_error);
    EXPECT_THROW(is_current(database.url(), after), std::runtime_error);
}

TEST(Migrate, AFailedOneLeavesNothing) {
    const test::TestDatabase database;
    const Migration all[] = {first, second, broken};
    try {
        migrate(database.url(), all);
        ADD_FAILURE() << "created a table twice";
    } catch (const Error& error) {
        EXPECT_EQ(error.statement, "zoo/0003_broken.sql");
        EXPECT_EQ(error.sqlstate, "42P07");
    }
    EXPECT_EQ(count(database, "select count(*) from zoo.animals"), 1);
    EXPECT_EQ(count(database, "select count(to_regclass('zoo.half'))"), 0);
}

TEST(CheckSql, EveryStatementOfTheProgramFitsTheSchema) {
    const test::TestDatabase database;
    EXPECT_FALSE(all_statements().empty());
    for (const Sql& sql : all_statements()) EXPECT_NE(sql.name.find('.'), sql.name.npos);
    EXPECT_EQ(check_sql(database.url()), std::vector<std::string>{});
}

}  // namespace
}  // namespace taama::pg
