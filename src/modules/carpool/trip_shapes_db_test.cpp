// A shape from memory is used exactly as long as the trip's row is the one it was read from.

#include "modules/carpool/carpool_test_world.hpp"
#include "modules/carpool/trip_store.hpp"

namespace taama::carpool {
namespace {

using Io = asio::io_context;

Task<TripRecord> look(World& world, TripId id) {
    auto trip = co_await look_at_trip(world.db, world.shapes, id, std::nullopt);
    EXPECT_TRUE(trip.has_value());
    co_return std::move(trip).value_or(TripRecord{});
}

Task<void> rename_stops(World& world, TripId id, std::string_view label) {
    static constexpr pg::Sql sql{"test.rename_stops",
                                 "update carpool.trip_stops set label = $2 where trip_id = $1"};
    co_await world.db.query(sql, id, label);
}

Task<void> touch(World& world, TripId id) {
    static constexpr pg::Sql sql{"test.touch_trip",
                                 "update carpool.trips set updated_at = updated_at where id = $1"};
    co_await world.db.query(sql, id);
}

TEST(TripShapes, StandAsLongAsTheRow) {
    in_world(+[](Io&, World& world) -> Task<void> {
        const auto driver = co_await world.driver();
        const TripView trip = co_await world.publish(driver, abidjan_yamoussoukro());
        const TripRecord first = co_await look(world, trip.id);
        EXPECT_EQ(first.stops.size(), trip.stops.size());

        // Nothing of the program does this: it shows that memory answers.
        co_await rename_stops(world, trip.id, "Adjamé");
        const TripRecord again = co_await look(world, trip.id);
        EXPECT_EQ(again.stops.front().label, first.stops.front().label);
        EXPECT_EQ(again.road.polyline, first.road.polyline);
        co_await touch(world, trip.id);
        const TripRecord anew = co_await look(world, trip.id);
        EXPECT_EQ(anew.stops.front().label, "Adjamé");
    });
}

TEST(TripShapes, SeatsAndPeopleAreNeverRemembered) {
    in_world(+[](Io&, World& world) -> Task<void> {
        const auto driver = co_await world.driver();
        const TripView trip = co_await world.publish(driver, abidjan_yamoussoukro(3));
        EXPECT_EQ((co_await look(world, trip.id)).seats_available(world.now), 3);
        const auto booking = co_await world.book(co_await world.person(), seats_on(trip.id, 2));
        EXPECT_EQ((co_await look(world, trip.id)).seats_available(world.now), 1);
        EXPECT_EQ((co_await look(world, trip.id)).counts.accepted, 1);
        co_await world.call(cancel_booking, booking.passenger.id, booking.id, CancelBooking{});
        EXPECT_EQ((co_await look(world, trip.id)).seats_available(world.now), 3);
        static constexpr pg::Sql sql{"test.rename",
                                     "update identity.accounts set first_name = $2 where id = $1"};
        co_await world.db.query(sql, driver, "Binta");
        EXPECT_EQ((co_await look(world, trip.id)).driver.first_name, "Binta");
        co_await world.call(cancel_trip, driver, trip.id, CancelTrip{});
        EXPECT_EQ((co_await look(world, trip.id)).status, TripStatus::cancelled);
    });
}

TEST(TripShapes, SomeKnownAndSomeNewComeInTheirOrder) {
    in_world(+[](Io&, World& world) -> Task<void> {
        const TripView first =
            co_await world.publish(co_await world.driver(), abidjan_yamoussoukro());
        const TripView second =
            co_await world.publish(co_await world.driver(), abidjan_yamoussoukro());
        const TripView third =
            co_await world.publish(co_await world.driver(), abidjan_yamoussoukro());
        co_await look(world, second.id);
        pg::Tx tx = co_await world.db.begin();
        const auto trips = co_await look_at_trips(
            tx, world.shapes, {third.id, second.id, TripId::make(), first.id}, std::nullopt);
        std::vector<TripId> ids;
        for (const TripRecord& trip : trips) ids.push_back(trip.id);
        EXPECT_EQ(ids, (std::vector{third.id, second.id, first.id}));
    });
}

}  // namespace
}  // namespace taama::carpool
