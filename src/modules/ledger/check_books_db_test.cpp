#include <gtest/gtest.h>

#include "modules/ledger/ledger.hpp"
#include "tests/support/database.hpp"

namespace taama::ledger {
namespace {

const UtcTime start = *parse_utc_time("2026-10-02T08:00:00Z");

// What an owner of the database can do: change rows behind the triggers' back.
constexpr pg::Sql transfer_triggers_off_sql{"test.transfer_triggers_off",
                                            "alter table ledger.transfer disable trigger user"};
constexpr pg::Sql act_triggers_off_sql{"test.act_triggers_off",
                                       "alter table ledger.act disable trigger user"};
constexpr pg::Sql account_triggers_off_sql{"test.account_triggers_off",
                                           "alter table ledger.account disable trigger user"};
constexpr pg::Sql forge_transfer_sql{"test.forge_transfer", R"sql(
    update ledger.transfer t
       set amount = amount + 1
      from ledger.act a
     where a.id = t.act_id and a.key = $1)sql"};
constexpr pg::Sql forge_account_sql{"test.forge_account", R"sql(
    update ledger.account
       set credits_posted = credits_posted + 5, debits_posted = debits_posted + 5
     where kind = 'wallet' and owner_id = $1)sql"};
constexpr pg::Sql age_transfers_sql{"test.age_transfers", R"sql(
    update ledger.transfer set created_at = created_at - interval '1 day')sql"};
constexpr pg::Sql age_acts_sql{"test.age_acts", R"sql(
    update ledger.act set created_at = created_at - interval '1 day')sql"};

Task<void> top_up(pg::Db& db, std::string key, std::string_view name) {
    pg::Tx tx = co_await db.begin();
    co_await post(tx,
                  {.key = std::move(key),
                   .kind = "test",
                   .legs = {{float_of("wave"),
                             {AccountKind::wallet, OwnerType::user, std::string{name}},
                             1'000,
                             "topup"}}},
                  start);
    co_await tx.commit();
}

// The broken invariants, each as often as something breaks it: "I2 I2 I16".
Task<std::string> check(pg::Db& db, CheckScope scope) {
    pg::Tx tx = co_await db.begin();
    const CheckRange range = co_await range_of_check(tx, scope);
    std::string broken;
    for (const Finding& finding : co_await check_books(tx, range, start))
        broken += (broken.empty() ? "" : " ") + finding.invariant;
    co_return broken;
}

// As the schedules do it.
Task<void> check_and_record(pg::Db& db, CheckScope scope) {
    pg::Tx tx = co_await db.begin();
    CheckRun run{.range = co_await range_of_check(tx, scope),
                 .started_at = start,
                 .finished_at = start,
                 .findings = {}};
    run.findings = co_await check_books(tx, run.range, start);
    record_check(tx, run);
    co_await tx.commit();
}

Task<void> open_the_books(pg::Db& db) {
    co_await db.query(transfer_triggers_off_sql);
    co_await db.query(act_triggers_off_sql);
    co_await db.query(account_triggers_off_sql);
}

void run(Task<void> (*story)(pg::Db&)) { test::TestDatabase{}.run(story); }

TEST(CheckBooks, NamesWhatAnOwnerChanged) {
    run(+[](pg::Db& db) -> Task<void> {
        co_await top_up(db, "1", "A");
        co_await open_the_books(db);
        co_await db.query(forge_transfer_sql, "1");
        EXPECT_EQ(co_await check(db, CheckScope::full), "I2 I2 I16");
        EXPECT_EQ(co_await check(db, CheckScope::incremental), "I2 I2 I16");
    });
}

TEST(CheckBooks, OnlyTheFullOneReadsOldRows) {
    run(+[](pg::Db& db) -> Task<void> {
        co_await top_up(db, "old", "A");
        co_await open_the_books(db);
        co_await db.query(age_transfers_sql);
        co_await db.query(age_acts_sql);
        co_await check_and_record(db, CheckScope::incremental);
        co_await db.query(forge_transfer_sql, "old");
        EXPECT_EQ(co_await check(db, CheckScope::incremental), "");
        EXPECT_EQ(co_await check(db, CheckScope::full), "I2 I2 I16");
    });
}

TEST(CheckBooks, TheIncrementalOneReadsWhatCameSince) {
    run(+[](pg::Db& db) -> Task<void> {
        co_await top_up(db, "old", "A");
        co_await check_and_record(db, CheckScope::full);
        co_await top_up(db, "new", "A");
        EXPECT_EQ(co_await check(db, CheckScope::incremental), "");
        co_await db.query(transfer_triggers_off_sql);
        co_await db.query(forge_transfer_sql, "new");
        EXPECT_EQ(co_await check(db, CheckScope::incremental), "I2 I2 I16");
        EXPECT_EQ(co_await check(db, CheckScope::full), "I2 I2 I16");
    });
}

TEST(CheckBooks, AnAccountThatMovedWithoutATransferIsSeen) {
    run(+[](pg::Db& db) -> Task<void> {
        co_await top_up(db, "1", "A");
        co_await top_up(db, "2", "B");
        co_await check_and_record(db, CheckScope::full);
        co_await db.query(account_triggers_off_sql);
        co_await db.query(forge_account_sql, "A");
        EXPECT_EQ(co_await check(db, CheckScope::incremental), "I2");
        EXPECT_EQ(co_await check(db, CheckScope::full), "I2");
    });
}

// A run that found something proves nothing: the next one looks at the same rows again.
TEST(CheckBooks, OnlyAGoodRunMovesTheBeginning) {
    run(+[](pg::Db& db) -> Task<void> {
        co_await top_up(db, "1", "A");
        co_await db.query(transfer_triggers_off_sql);
        co_await db.query(forge_transfer_sql, "1");
        co_await check_and_record(db, CheckScope::incremental);
        co_await check_and_record(db, CheckScope::incremental);
        EXPECT_EQ(co_await check(db, CheckScope::incremental), "I2 I2 I16");
    });
}

}  // namespace
}  // namespace taama::ledger
