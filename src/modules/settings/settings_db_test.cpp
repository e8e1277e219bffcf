#include "modules/settings/settings.hpp"

#include <gtest/gtest.h>

#include "platform/errors.hpp"
#include "platform/pg/tx.hpp"
#include "tests/support/database.hpp"

namespace taama::settings {
namespace {

const UtcTime now = *parse_utc_time("2026-10-02T08:00:00Z");

constexpr Key<int> sends{"test.sends", 3, {1, 10}, Group::security};
constexpr Key<bool> enabled{"test.enabled", true};
constexpr Key<std::string_view> name{"test.name", "Taama", 40};
constexpr Key<Words> prefixes{"test.prefixes", {"+225", "+228"}};
constexpr Key<Percent> fee{"test.fee", Percent{1000}, {Percent{0}, Percent{5000}}};

void run(Task<void> (*flow)(pg::Db&)) {
    const test::TestDatabase database;
    database.run(flow);
}

template <class T, class V>
Task<void> change(pg::Db& db, const Key<T>& key, V value) {
    pg::Tx tx = co_await db.begin();
    co_await set(tx, key, value, "test", now);
    co_await tx.commit();
}

TEST(Settings, DefaultsAndChanges_S1_205) {
    run(+[](pg::Db& db) -> Task<void> {
        Current current;
        co_await current.reload(db);
        EXPECT_EQ(current.get(sends), 3);
        EXPECT_EQ(current.get(enabled), true);
        EXPECT_EQ(current.get(name), "Taama");
        EXPECT_EQ(current.get(prefixes), (std::vector<std::string>{"+225", "+228"}));
        EXPECT_EQ(current.get(fee).basis_points, 1000);

        co_await change(db, sends, 7);
        co_await change(db, enabled, false);
        co_await change(db, prefixes, std::vector<std::string>{});
        co_await change(db, fee, Percent{1250});
        EXPECT_EQ(current.get(sends), 3);  // as it stood
        co_await current.reload(db);
        EXPECT_EQ(current.get(sends), 7);
        EXPECT_EQ(current.get(enabled), false);
        EXPECT_TRUE(current.get(prefixes).empty());
        EXPECT_EQ(current.get(fee).basis_points, 1250);
        EXPECT_EQ(current.snapshot()->find_int("test.sends"), 7);
        EXPECT_EQ(current.snapshot()->find_int("test.unknown"), std::nullopt);
    });
}

TEST(Settings, RangeIsKept) {
    run(+[](pg::Db& db) -> Task<void> {
        for (const int value : {0, 11}) {
            try {
                co_await change(db, sends, value);
                ADD_FAILURE() << value;
            } catch (const Refusal& refusal) {
                EXPECT_TRUE(refusal == errors::limit_exceeded);
            }
        }
    });
}

TEST(Settings, HistoryKeepsEachVersionOnce) {
    run(+[](pg::Db& db) -> Task<void> {
        co_await change(db, sends, 4);
        co_await change(db, sends, 4);  // equal: no version
        co_await change(db, sends, 5);
        constexpr pg::Sql history{"test.history", R"sql(
            select string_agg(version || ':' || coalesce(previous::text, '-') || '>' || value::text, ' '
                              order by version)
              from settings.history)sql"};
        const pg::Rows rows = co_await db.query(history);
        EXPECT_EQ(rows.one<std::string>(), "1:->4 2:4>5");

        constexpr pg::Sql rewrite{"test.rewrite", "update settings.history set reason = 'x'"};
        EXPECT_THROW(co_await db.query(rewrite), pg::Error);
    });
}

}  // namespace
}  // namespace taama::settings
