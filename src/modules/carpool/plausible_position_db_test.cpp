#include "modules/carpool/carpool_test_world.hpp"
#include "modules/carpool/driver_location.hpp"
#include "modules/drivers/drivers.hpp"

namespace taama::carpool {
namespace {

TEST(DriverPosition, NumbersBeyondReasonAreUnknown) {
    in_world(+[](asio::io_context&, World& world) -> Task<void> {
        const auto driver = co_await world.driver();
        const TripView trip = co_await world.publish(driver, abidjan_yamoussoukro());
        world.wait(24h);
        NewPositions sent;
        sent.device_id = {"phone-of-the-driver"};
        sent.points.push_back({.seq = 1,
                               .at = world.now,
                               .lat = plateau.lat,
                               .lon = plateau.lon,
                               .accuracy_m = -1e300,
                               .speed_mps = 1e300,
                               .bearing = -1,
                               .mock = {}});
        const auto ack = co_await world.call(send_positions, driver, trip.id, sent);
        EXPECT_EQ(ack.accepted, 1);
        pg::Tx tx = co_await world.db.begin();
        const auto last =
            co_await drivers::find_last_position(tx, {driver, {{world.now - 1h, world.now + 1h}}});
        EXPECT_FALSE(last->accuracy_m || last->speed_mps || last->bearing);
    });
}

}  // namespace
}  // namespace taama::carpool
