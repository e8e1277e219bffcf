// PostgreSQL is killed under mixed load while the server goes on. The cluster is the program's own,
// with everything flushed to disk.

#include <gtest/gtest.h>
#include <signal.h>

#include "app/database/cluster.hpp"
#include "tests/journeys/chaos_load.hpp"

namespace taama::test {
namespace {

using namespace std::chrono_literals;
using SteadyClock = std::chrono::steady_clock;

bool takes_connections(const ServerProcess& server) {
    try {
        return Sql{server.database_url()}.number("select 1") == 1;
    } catch (const std::runtime_error&) {
        return false;
    }
}

TEST(ChaosPostgres, KilledFiveTimesLosesNothing) {
    constexpr int rounds = 5;
    ServerOptions options = chaos_options();
    options.own_cluster = true;
    ServerProcess server{options};
    const app::Cluster cluster{{.data_directory = server.data_directory()}};
    ChaosLoad load{server};
    load.expect_broken_connections(false);
    load.start();
    for (int round = 0; round < rounds; ++round) {
        const int before = load.acknowledged();
        eventually("load runs", 30s, [&] { return load.acknowledged() >= before + 10; });
        auto postgres = cluster.find_server();
        ASSERT_TRUE(postgres);
        postgres->signal(SIGKILL);
        ASSERT_TRUE(postgres->ended(10s));
        eventually("PostgreSQL is back", 60s, [&] { return takes_connections(server); });
        const auto back = SteadyClock::now();
        auto http = server.unchecked_client();
        eventually("the server answers again", 30s, [&] {
            return http.get("/api/v1/trips/search?from=5.3575,-4.0083&to=6.8190,-5.2760").status ==
                   200;
        });
        EXPECT_LE(SteadyClock::now() - back, 5s) << "round " << round;
    }
    const int while_dying = load.acknowledged();
    eventually("load goes on", 30s, [&] { return load.acknowledged() >= while_dying + 5; });
    load.stop();
    EXPECT_TRUE(server.runs());
    EXPECT_GT(load.paid(), rounds);
    RecordProperty("paid", load.paid());
    RecordProperty("unavailable", load.unavailable());
    load.expect_nothing_lost();
}

}  // namespace
}  // namespace taama::test
