#include "modules/carpool/carpool_test_world.hpp"
#include "modules/carpool/driver_location.hpp"
#include "modules/drivers/drivers.hpp"

#include <random>

namespace taama::carpool {
namespace {

using Io = asio::io_context;

NewPositions batch(const std::vector<NewPosition>& points) {
    NewPositions sent;
    sent.device_id = {"phone-of-the-driver"};
    sent.points = points;
    return sent;
}

// However the points are shuffled, doubled and cut into batches: the same is stored, the same is
// newest.
TEST(DriverPosition, AnyOrderGivesTheSame_F12) {
    in_world(+[](Io&, World& world) -> Task<void> {
        const auto driver = co_await world.driver();
        const auto passenger = co_await world.person();
        const TripView trip = co_await world.publish(driver, abidjan_yamoussoukro());
        const auto booking = co_await world.book(passenger, seats_on(trip.id));
        EXPECT_EQ(co_await refusal_of(world.call(show_driver_location, passenger, trip.id)),
                  "forbidden/not_a_passenger");
        co_await world.pay_booking(booking.id);
        EXPECT_EQ(co_await refusal_of(world.call(show_driver_location, passenger, trip.id)),
                  "forbidden/too_early");
        world.wait(trip.departure_time - world.now);

        std::vector<NewPosition> points;
        for (int i = 0; i < 40; ++i)
            points.push_back({.seq = {i},
                              .at = world.now - 40s + Seconds{i},
                              .lat = 5.3 + i * 0.001,
                              .lon = -4});
        std::vector<NewPosition> sent = points;
        sent.insert(sent.end(), points.begin(), points.end());
        std::shuffle(sent.begin(), sent.end(), std::mt19937{3});
        std::int32_t accepted = 0;
        for (std::size_t begin = 0; begin < sent.size(); begin += 16) {
            const auto from = sent.begin() + static_cast<std::ptrdiff_t>(begin);
            const auto to = std::min(from + 16, sent.end());
            const auto ack =
                co_await world.call(send_positions, driver, trip.id, batch({from, to}));
            accepted += ack.accepted;
        }
        EXPECT_EQ(accepted, 40);
        const auto seen = co_await world.call(show_driver_location, passenger, trip.id);
        EXPECT_TRUE(seen.position.has_value());
        if (!seen.position) co_return;
        EXPECT_EQ(seen.position->at, points.back().at);
        EXPECT_EQ(seen.position->lat, points.back().lat);
        EXPECT_FALSE(seen.position->stale);
        world.wait(60s);
        EXPECT_TRUE(
            (co_await world.call(show_driver_location, passenger, trip.id)).position->stale);
        EXPECT_EQ(
            co_await refusal_of(world.call(send_positions, passenger, trip.id, batch({points[0]}))),
            "not_found");
    });
}

}  // namespace
}  // namespace taama::carpool
