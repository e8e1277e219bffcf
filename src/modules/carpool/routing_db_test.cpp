#include "modules/carpool/routing.hpp"

#include <gtest/gtest.h>

#include "modules/carpool/carpool_test_world.hpp"
#include "modules/carpool/settings.hpp"

namespace taama::carpool {
namespace {

namespace keys = settings_keys;

Task<void> set_terms(World& world, int factor_pct, int kmh) {
    pg::Tx tx = co_await world.db.begin();
    co_await settings::set(tx, keys::fallback_factor_pct, factor_pct, "test", world.now);
    co_await settings::set(tx, keys::fallback_kmh, kmh, "test", world.now);
    co_await tx.commit();
    co_await world.settings.reload(world.db);
}

// The settings hold for every estimate from then on: of published trips, and on the way.
Task<void> estimate_by_settings(pg::Db& db) {
    World world{db};
    co_await world.open();
    const AccountId driver = co_await world.driver();
    Route route = co_await world.routing.route({plateau, yamoussoukro});
    EXPECT_EQ(route.distance_m(), 278'988);
    EXPECT_EQ(route.drive_s(), 16'739);

    co_await set_terms(world, 200, 30);
    route = co_await world.routing.route({plateau, yamoussoukro});
    EXPECT_EQ(route.distance_m(), 429'212);  // 214,605.88 m × 2
    EXPECT_EQ(route.drive_s(), 51'505);      // 429,212 m at 30 km/h, half up
    EXPECT_EQ(route.source, RouteSource::estimate);
    const TripView trip = co_await world.publish(driver, abidjan_yamoussoukro());
    EXPECT_EQ(trip.distance_m, 429'212);
    EXPECT_EQ(trip.duration_s, 51'505);
}

TEST(EstimateRouting, FollowsTheSettings_5_1) { test::TestDatabase{}.run(estimate_by_settings); }

}  // namespace
}  // namespace taama::carpool
