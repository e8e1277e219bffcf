// Watchers who come at once share statements; each is answered for himself.

#include "modules/carpool/location_reader.hpp"

#include "modules/carpool/carpool_test_world.hpp"
#include "modules/carpool/driver_location.hpp"
#include "platform/task_group.hpp"

namespace taama::carpool {
namespace {

using Io = asio::io_context;

struct Watched {
    std::optional<LocationTrip> trip{};
    std::optional<drivers::LastPosition> position{};
};

std::string shown(const Watched& watched) {
    if (!watched.trip) return "no trip";
    return fmt::format("{}{}", watched.trip->pickup_at ? "picks up, " : "",
                       watched.position ? fmt::to_string(watched.position->point.lat)
                                        : std::string{"no position"});
}

Task<void> watch(World& world, TripId trip, AccountId viewer, Watched& watched) {
    watched.trip = co_await world.locations.look_at(trip, viewer.uuid);
    if (watched.trip)
        watched.position = co_await world.locations.find_last_position(*watched.trip, world.now);
}

Task<void> tell_position(World& world, AccountId driver, TripId trip, LatLon where) {
    NewPositions sent;
    sent.device_id = {"phone-of-the-driver"};
    sent.points = {{.seq = 1, .at = world.now, .lat = where.lat, .lon = where.lon}};
    co_await world.call(send_positions, driver, trip, sent);
}

TEST(LocationReader, WhoComesAtOnceIsAnsweredForHimself_F12) {
    in_world(+[](Io& io, World& world) -> Task<void> {
        const auto first_driver = co_await world.driver();
        const auto second_driver = co_await world.driver();
        const TripView first = co_await world.publish(first_driver, abidjan_yamoussoukro());
        const TripView second = co_await world.publish(second_driver, abidjan_yamoussoukro());
        NewTrip next_day = abidjan_yamoussoukro();
        next_day.departure_time += std::chrono::days{1};
        const TripView later = co_await world.publish(first_driver, next_day);
        const auto rider = co_await world.person();
        const auto stranger = co_await world.person();
        co_await world.pay_booking((co_await world.book(rider, seats_on(first.id))).id);
        world.wait(first.departure_time - world.now);
        co_await tell_position(world, first_driver, first.id, {5.31, -4});
        co_await tell_position(world, second_driver, second.id, {5.32, -4});

        Watched his;
        Watched other;
        Watched of_stranger;
        Watched not_open;
        Watched nowhere;
        TaskGroup group{io};
        group.spawn("his", watch(world, first.id, rider, his));
        group.spawn("other", watch(world, second.id, rider, other));
        group.spawn("stranger", watch(world, first.id, stranger, of_stranger));
        group.spawn("later", watch(world, later.id, rider, not_open));
        group.spawn("nowhere", watch(world, TripId{}, rider, nowhere));
        co_await group.wait();

        EXPECT_EQ(shown(his), "picks up, 5.31");
        EXPECT_EQ(shown(other), "5.32");
        EXPECT_EQ(shown(of_stranger), "5.31");
        EXPECT_EQ(shown(not_open), "no position");
        EXPECT_EQ(shown(nowhere), "no trip");
    });
}

}  // namespace
}  // namespace taama::carpool
