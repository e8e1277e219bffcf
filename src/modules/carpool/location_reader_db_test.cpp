// Watchers who come at once share statements (batched_db_test.cpp); each is answered for himself.

#include "modules/carpool/location_reader.hpp"

#include "modules/carpool/carpool_test_world.hpp"
#include "modules/carpool/driver_location.hpp"
#include "platform/task_group.hpp"

namespace taama::carpool {
namespace {

using Io = asio::io_context;

// What one watcher is told, in a word or two.
Task<void> watch(World& world, TripId trip_id, AccountId viewer, std::string& told) {
    const auto trip = co_await world.locations.look_at(trip_id, viewer.uuid);
    if (!trip) {
        told = "no trip";
        co_return;
    }
    told = !trip->pickup_at ? "stranger" : trip->ride_ended_at ? "rode" : "rides";
    const auto last = co_await world.locations.find_last_position(*trip, world.now);
    told += last ? fmt::format(", {}", last->point.lat) : ", no position";
}

struct Watch {
    TripId trip;
    AccountId viewer;
};
Task<std::vector<std::string>> watch_at_once(Io& io, World& world, std::vector<Watch> all) {
    std::vector<std::string> told(all.size());
    TaskGroup group{io};
    for (std::size_t i = 0; i < all.size(); ++i)
        group.spawn("watch", watch(world, all[i].trip, all[i].viewer, told[i]));
    co_await group.wait();
    co_return told;
}

Task<void> tell_position(World& world, AccountId driver, TripId trip, LatLon where) {
    NewPositions sent;
    sent.device_id = {"phone-of-the-driver"};
    sent.points = {{.seq = 1, .at = world.now, .lat = where.lat, .lon = where.lon}};
    co_await world.call(send_positions, driver, trip, sent);
}

Task<BookingId> ride(World& world, AccountId who, TripId trip) {
    const BookingView booking = co_await world.book(who, seats_on(trip));
    co_await world.pay_booking(booking.id);
    co_return booking.id;
}

using Told = std::vector<std::string>;

TEST(LocationReader, WhoComesAtOnceIsAnsweredForHimself_F12) {
    in_world(+[](Io& io, World& world) -> Task<void> {
        const auto one = co_await world.driver();
        const auto another = co_await world.driver();
        const auto rider = co_await world.person();
        const auto stranger = co_await world.person();
        NewTrip back = abidjan_yamoussoukro();
        back.departure_time += 6h;
        const TripView first = co_await world.publish(one, abidjan_yamoussoukro());
        const TripView next = co_await world.publish(one, back);
        const TripView other = co_await world.publish(another, back);
        co_await ride(world, rider, first.id);
        co_await ride(world, rider, next.id);
        // Both are on their way to the later trip's time, but one of them is still on his first.
        world.wait(first.departure_time + 1h - world.now);
        co_await world.call(start_trip, one, first.id, Occurrence{});
        world.wait(4h);
        co_await tell_position(world, one, first.id, {5.31, -4});
        co_await tell_position(world, another, other.id, {5.32, -4});

        const auto told = co_await watch_at_once(io, world,
                                                 {{first.id, rider},
                                                  {next.id, rider},
                                                  {other.id, rider},
                                                  {first.id, stranger},
                                                  {TripId{}, rider},
                                                  {first.id, rider}});
        EXPECT_EQ(told, (Told{"rides, 5.31", "rides, no position", "stranger, 5.32",
                              "stranger, 5.31", "no trip", "rides, 5.31"}));
    });
}

TEST(LocationReader, TheLastBookingOfATripCounts_F12) {
    in_world(+[](Io& io, World& world) -> Task<void> {
        const TripView trip =
            co_await world.publish(co_await world.driver(), abidjan_yamoussoukro(4));
        const auto came_back = co_await world.person();
        const auto gave_up = co_await world.person();
        for (const AccountId who : {came_back, gave_up}) {
            const BookingId booking = co_await ride(world, who, trip.id);
            world.wait(1min);
            co_await world.call(cancel_booking, who, booking, CancelBooking{});
        }
        world.wait(1min);
        co_await ride(world, came_back, trip.id);
        const auto told =
            co_await watch_at_once(io, world, {{trip.id, came_back}, {trip.id, gave_up}});
        EXPECT_EQ(told, (Told{"rides, no position", "rode, no position"}));
    });
}

}  // namespace
}  // namespace taama::carpool
