// `taama check-ledger`: what the newest rows say, and with --full what all rows say.

#include <gtest/gtest.h>

#include "tests/journeys/deals.hpp"

namespace taama::test {
namespace {

TEST(LedgerCheck, FullReadsWhatTheLastGoodRunHasProven_F02) {
    ServerProcess server;
    Person driver = make_driver(server);
    Person passenger = sign_up(server);
    const std::string trip = publish(server, driver);
    paid_booking(server, passenger, trip);
    EXPECT_EQ(server.run({"check-ledger"}).exit_code, 0);
    EXPECT_EQ(server.run({"check-ledger", "--full"}).exit_code, 0);

    Sql sql = server.sql();
    sql.query("update payments.allocation set backed = backed - 1");
    CommandResult found = server.run({"check-ledger", "--json"});
    EXPECT_EQ(found.exit_code, 1);
    EXPECT_NE(found.output.find("I15"), std::string::npos) << found.output;

    // As if a run of tomorrow had found everything in order.
    sql.query(
        "insert into ledger.check_run (started_at, finished_at, scope, ok, seen_until)"
        " values (now(), now(), 'full', true, now() + interval '1 day')");
    EXPECT_EQ(server.run({"check-ledger"}).exit_code, 0);
    found = server.run({"check-ledger", "--full"});
    EXPECT_EQ(found.exit_code, 1);
    EXPECT_NE(found.output.find("I15"), std::string::npos) << found.output;
}

}  // namespace
}  // namespace taama::test
