#include "app/migrations.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <set>

namespace taama::app {
namespace {

TEST(Migrations, EachModuleCountsFromOne) {
    std::map<std::string_view, int> last;
    for (const pg::Migration& migration : migrations_in_order()) {
        EXPECT_EQ(migration.number, ++last[migration.module]) << migration.name;
        EXPECT_FALSE(migration.sql.empty()) << migration.name;
    }
    EXPECT_EQ(migrations_in_order().size(), embedded_migrations().size());
    EXPECT_EQ(migrations_in_order().front().module, "platform");
}

TEST(Migrations, ModulesAreNotMixed) {
    std::set<std::string_view> done;
    std::string_view present;
    for (const pg::Migration& migration : migrations_in_order()) {
        if (migration.module == present) continue;
        EXPECT_TRUE(done.insert(migration.module).second) << migration.module << " comes twice";
        present = migration.module;
    }
}

// A foreign key needs its table: what a migration references is of its own module or of an earlier
// one.
TEST(Migrations, ReferencesPointBackwards) {
    std::set<std::string, std::less<>> schemas;
    for (const pg::Migration& migration : migrations_in_order()) {
        schemas.emplace(migration.module);
        constexpr std::string_view mark = "references ";
        for (auto at = migration.sql.find(mark); at != std::string_view::npos;
             at = migration.sql.find(mark, at + 1)) {
            const auto table = migration.sql.substr(at + mark.size());
            const auto schema = table.substr(0, table.find_first_of(". ("));
            if (table.substr(schema.size()).starts_with('.')) {
                EXPECT_TRUE(schemas.contains(schema)) << migration.name << " needs " << schema;
            }
        }
    }
}

}  // namespace
}  // namespace taama::app
