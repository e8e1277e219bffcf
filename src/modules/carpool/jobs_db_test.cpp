#include "modules/carpool/carpool_test_world.hpp"
#include "platform/jobs/jobs.hpp"

namespace taama::carpool {
namespace {

using Io = asio::io_context;

// What the runner would do, each schedule once.
Task<void> tick(World& world, std::string_view name) {
    jobs::Registry registry;
    register_jobs(registry, world.deps);
    for (const auto& schedule : registry.schedules())
        if (schedule.name == name) co_await schedule.tick();
}

TEST(CarpoolJobs, HoldsLapseThenTimeOut_F05) {
    in_world(+[](Io&, World& world) -> Task<void> {
        const TripView trip =
            co_await world.publish(co_await world.driver(), abidjan_yamoussoukro(1));
        co_await world.book(co_await world.person(), seats_on(trip.id));
        world.wait(30min);
        co_await tick(world, "carpool.release_holds");
        EXPECT_EQ(co_await world.count_bookings(trip.id, BookingStatus::accepted), 1);
        EXPECT_EQ(co_await world.seats_out_of_balance(), 0);
        world.wait(60min);
        co_await tick(world, "carpool.release_holds");
        co_await tick(world, "carpool.release_holds");
        EXPECT_EQ(co_await world.count_bookings(trip.id, BookingStatus::cancelled), 1);
        EXPECT_EQ(co_await world.seats_out_of_balance(), 0);
    });
}

TEST(CarpoolJobs, RequestsExpire) {
    in_world(+[](Io&, World& world) -> Task<void> {
        const TripView trip =
            co_await world.publish(co_await world.driver(), abidjan_yamoussoukro(1, false));
        co_await world.book(co_await world.person(), seats_on(trip.id));
        world.wait(24h - 1min);
        co_await tick(world, "carpool.release_holds");
        EXPECT_EQ(co_await world.count_bookings(trip.id, BookingStatus::pending), 1);
        world.wait(1min);
        co_await tick(world, "carpool.release_holds");
        EXPECT_EQ(co_await world.count_bookings(trip.id, BookingStatus::cancelled), 1);
    });
}

// The driver left without them: known when others got on at their stop, or at a later one.
TEST(CarpoolJobs, WhoMissesTheCarIsANoShow) {
    in_world(+[](Io&, World& world) -> Task<void> {
        const auto driver = co_await world.driver();
        const TripView trip = co_await world.publish(driver, abidjan_yamoussoukro(3));
        const auto late = co_await world.book(co_await world.person(), seats_on(trip.id));
        const auto here = co_await world.book(co_await world.person(), seats_on(trip.id));
        for (const BookingId id : {late.id, here.id}) co_await world.pay_booking(id);
        world.wait(trip.departure_time + 2h - world.now);
        co_await tick(world, "carpool.no_shows");
        EXPECT_EQ(co_await world.count_bookings(trip.id, BookingStatus::paid), 2)
            << "nobody got on: the driver may be late himself";
        const auto booking = co_await find_booking(world.db, here.id);
        CheckIn proof;
        proof.code = json::Secret<1, 20>{open_code(*booking, world.sealer)};
        co_await world.call(check_in, driver, here.id, proof);
        co_await world.call(start_ride, driver, here.id, Occurrence{});
        co_await tick(world, "carpool.no_shows");
        EXPECT_EQ((co_await find_booking(world.db, late.id))->cancel_reason, "no_show");
        EXPECT_EQ((co_await find_booking(world.db, here.id))->status, BookingStatus::paid);
        EXPECT_EQ(co_await world.seats_out_of_balance(), 0);
    });
}

Task<TripStatus> status_of(World& world, TripId trip, AccountId driver) {
    pg::Tx tx = co_await world.db.begin();
    co_return (co_await find_trip(tx, trip, driver)).value().status;
}

TEST(CarpoolJobs, ATripNobodyTookIsClosed) {
    in_world(+[](Io&, World& world) -> Task<void> {
        const auto driver = co_await world.driver();
        const TripView trip = co_await world.publish(driver, abidjan_yamoussoukro(1));
        world.wait(trip.arrival_eta + 6h - world.now - 1min);
        co_await tick(world, "carpool.close_trips");
        EXPECT_EQ(co_await status_of(world, trip.id, driver), TripStatus::published);
        world.wait(1min);
        co_await tick(world, "carpool.close_trips");
        EXPECT_EQ(co_await status_of(world, trip.id, driver), TripStatus::completed);
    });
}

}  // namespace
}  // namespace taama::carpool
