// A shape from memory is used exactly as long as the trip's row is the one it was read from; looks
// that share a statement are answered each for itself.

#include "modules/carpool/carpool_test_world.hpp"

namespace taama::carpool {
namespace {

using Io = asio::io_context;

Task<TripRecord> look(World& world, TripId id) {
    auto trip = co_await world.reader.look_at(id, std::nullopt);
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

TEST(TripReader, StandAsLongAsTheRow) {
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

TEST(TripReader, SeatsAndPeopleAreNeverRemembered) {
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

TEST(TripReader, SomeKnownAndSomeNewComeInTheirOrder) {
    in_world(+[](Io&, World& world) -> Task<void> {
        const TripView first =
            co_await world.publish(co_await world.driver(), abidjan_yamoussoukro());
        const TripView second =
            co_await world.publish(co_await world.driver(), abidjan_yamoussoukro());
        const TripView third =
            co_await world.publish(co_await world.driver(), abidjan_yamoussoukro());
        co_await look(world, second.id);
        pg::Tx tx = co_await world.db.begin();
        const auto trips = co_await world.reader.look_at(
            tx, {third.id, second.id, TripId::make(), first.id}, std::nullopt);
        std::vector<TripId> ids;
        for (const TripRecord& trip : trips) ids.push_back(trip.id);
        EXPECT_EQ(ids, (std::vector{third.id, second.id, first.id}));
    });
}

struct Look {
    TripId trip;
    std::optional<AccountId> viewer;
    std::optional<TripRecord>& found;
};

Task<std::string> look_for(const World& world, Look look) {
    look.found = co_await world.reader.look_at(look.trip, look.viewer);
    co_return "";
}

TEST(TripReader, WhoLooksAtOnceIsAnsweredForHimself) {
    in_world(+[](Io& io, World& world) -> Task<void> {
        const auto driver = co_await world.driver();
        const auto other_driver = co_await world.driver();
        const TripView trip = co_await world.publish(driver, abidjan_yamoussoukro());
        const TripView other = co_await world.publish(other_driver, abidjan_yamoussoukro());
        const auto booking = co_await world.book(co_await world.person(), seats_on(trip.id));
        co_await world.pay_booking(booking.id);
        const AccountId rider = booking.passenger.id;
        // Shapes that are not known are read with a statement for each: it is not what we look at.
        co_await look(world, trip.id);
        co_await look(world, other.id);

        std::optional<TripRecord> to_rider, to_stranger, to_nobody, other_to_rider, never;
        std::vector<Task<std::string>> looks;
        looks.push_back(look_for(world, {trip.id, rider, to_rider}));
        looks.push_back(look_for(world, {trip.id, other_driver, to_stranger}));
        looks.push_back(look_for(world, {TripId::make(), rider, never}));
        looks.push_back(look_for(world, {trip.id, std::nullopt, to_nobody}));
        looks.push_back(look_for(world, {other.id, rider, other_to_rider}));
        co_await run_all(io, std::move(looks));

        EXPECT_TRUE(to_rider.value().viewer_has_paid);
        EXPECT_TRUE(to_rider.value().driver.phone.has_value());
        for (const auto& found : {to_stranger, to_nobody}) {
            EXPECT_EQ(found.value().id, trip.id);
            EXPECT_FALSE(found.value().viewer_rides || found.value().viewer_has_paid);
            EXPECT_FALSE(found.value().driver.phone.has_value());
            EXPECT_EQ(found.value().counts.paid, 1);
        }
        EXPECT_EQ(other_to_rider.value().id, other.id);
        EXPECT_EQ(other_to_rider.value().driver.id, other_driver);
        EXPECT_FALSE(other_to_rider.value().viewer_rides);
        EXPECT_FALSE(never.has_value());
    });
}

TEST(TripReader, ADeletedTripIsFoundAloneButNotInAList) {
    in_world(+[](Io&, World& world) -> Task<void> {
        const auto driver = co_await world.driver();
        const TripView trip = co_await world.publish(driver, abidjan_yamoussoukro());
        co_await look(world, trip.id);
        static constexpr pg::Sql sql{"test.delete_trip",
                                     "update carpool.trips set deleted_at = $2 where id = $1"};
        co_await world.db.query(sql, trip.id, world.now);
        EXPECT_EQ((co_await look(world, trip.id)).deleted_at, world.now);
        pg::Tx tx = co_await world.db.begin();
        EXPECT_TRUE((co_await world.reader.look_at(tx, {trip.id}, driver)).empty());
    });
}

}  // namespace
}  // namespace taama::carpool
