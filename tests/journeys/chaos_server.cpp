// The server is killed at random instants under mixed load.

#include <gtest/gtest.h>

#include <algorithm>
#include <random>

#include "tests/journeys/chaos_load.hpp"

namespace taama::test {
namespace {

using namespace std::chrono_literals;
using SteadyClock = std::chrono::steady_clock;

TEST(ChaosServer, KilledThirtyTimesLosesNothing) {
    constexpr int rounds = 30;
    ServerProcess server{chaos_options()};
    ChaosLoad load{server};
    std::mt19937 random{20261002};
    std::uniform_int_distribution<int> instant_ms{40, 400};
    std::vector<std::chrono::milliseconds> recoveries;
    load.start();
    for (int round = 0; round < rounds; ++round) {
        // Not synchronisation: the instant of death is what the test varies.
        std::this_thread::sleep_for(std::chrono::milliseconds{instant_ms(random)});
        server.kill_hard();
        const auto restart = SteadyClock::now();
        server.start();
        load.server_is_at(server.endpoint());
        auto http = server.unchecked_client();
        eventually("an answer after the restart", 30s,
                   [&] { return http.get("/health/ready").status == 200; });
        recoveries.push_back(
            std::chrono::duration_cast<std::chrono::milliseconds>(SteadyClock::now() - restart));
    }
    const int while_dying = load.acknowledged();
    eventually("load goes on after the last restart", 30s,
               [&] { return load.acknowledged() >= while_dying + 5; });
    load.stop();
    std::ranges::sort(recoveries);
    EXPECT_LE(recoveries[recoveries.size() / 2], generous(1s) / 2);
    // The worst of thirty, on a machine whose cores other tests use too.
    EXPECT_LE(recoveries.back(), generous(2s));
    RecordProperty("acknowledged", load.acknowledged());
    RecordProperty("slowest_restart_ms", static_cast<int>(recoveries.back().count()));
    RecordProperty("paid", load.paid());
    EXPECT_GT(load.acknowledged(), rounds) << "the load was no load";
    EXPECT_GT(load.paid(), 0);
    load.expect_nothing_lost();
}

}  // namespace
}  // namespace taama::test
