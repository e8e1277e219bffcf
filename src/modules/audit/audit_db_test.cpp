#include "modules/audit/audit.hpp"

#include <gtest/gtest.h>

#include "tests/support/database.hpp"

namespace taama::audit {
namespace {

void run(Task<void> (*flow)(pg::Db&)) {
    const test::TestDatabase database;
    database.run(flow);
}

Task<void> write(pg::Db& db, UtcTime at) {
    pg::Tx tx = co_await db.begin();
    record(tx,
           {.actor = Actor::system("test"),
            .action = "UPDATE_USER",
            .entity = "User",
            .entity_id = Uuid::make(),
            .before = boost::json::object{{"status", "active"}},
            .after = boost::json::object{{"status", "suspended"}},
            .meta = {{"reason", "Fraude avérée"}}},
           at);
    co_await tx.commit();
}

TEST(Audit, NobodyChangesIt_S1_159) {
    run(+[](pg::Db& db) -> Task<void> {
        co_await write(db, *parse_utc_time("2026-10-02T08:30:00Z"));
        constexpr pg::Sql update{"test.update", "update audit.entries set action = 'OTHER'"};
        constexpr pg::Sql erase{"test.erase", "delete from audit.entries"};
        constexpr pg::Sql truncate{"test.truncate", "truncate audit.entries"};
        EXPECT_THROW(co_await db.query(update), pg::Error);
        EXPECT_THROW(co_await db.query(erase), pg::Error);
        EXPECT_THROW(co_await db.query(truncate), pg::Error);
    });
}

TEST(Audit, EveryMonthFindsAPlace) {
    run(+[](pg::Db& db) -> Task<void> {
        const UtcTime far = *parse_utc_time("2099-01-15T00:00:00Z");
        co_await write(db, far);
        co_await ensure_partitions(db, far);  // its rows stay where they are
        co_await ensure_partitions(db, far + std::chrono::days{70});
        co_await write(db, far + std::chrono::days{70});
        constexpr pg::Sql count{"test.count", R"sql(
            select count(*) || ' ' || count(distinct tableoid) from audit.entries)sql"};
        const pg::Rows rows = co_await db.query(count);
        EXPECT_EQ(rows.one<std::string>(), "2 2");
    });
}

}  // namespace
}  // namespace taama::audit
