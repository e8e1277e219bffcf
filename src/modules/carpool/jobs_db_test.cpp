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

// Gets on.
Task<void> board(World& world, AccountId driver, BookingId id) {
    const auto booking = co_await find_booking(world.db, id);
    CheckIn proof;
    proof.code = json::Secret<1, 20>{open_code(*booking, world.sealer)};
    co_await world.call(check_in, driver, id, proof);
    co_await world.call(start_ride, driver, id, Occurrence{});
}

Task<BookingId> paid(World& world, const TripView& trip, std::size_t from) {
    NewBooking booking = seats_on(trip.id);
    booking.from_stop = trip.stops[from].id;
    const BookingId id = (co_await world.book(co_await world.person(), booking)).id;
    co_await world.pay_booking(id);
    co_return id;
}

Task<bool> is_no_show(World& world, BookingId id) {
    co_return (co_await find_booking(world.db, id))->cancel_reason == "no_show";
}

// The driver left without them: known when others got on at their stop, or at a later one.
TEST(CarpoolJobs, WhoMissesTheCarIsANoShow) {
    in_world(+[](Io&, World& world) -> Task<void> {
        NewTrip wanted = abidjan_yamoussoukro(4);
        NewStop in_toumodi;
        in_toumodi.order = {1};
        in_toumodi.point = {toumodi.lat, toumodi.lon};
        in_toumodi.label = json::Text<1, 120>{"Toumodi"};
        wanted.stops = {in_toumodi};
        const auto driver = co_await world.driver();
        const TripView trip = co_await world.publish(driver, wanted);
        const auto other_driver = co_await world.driver();
        const TripView other_trip = co_await world.publish(other_driver, wanted);
        const BookingId late = co_await paid(world, trip, 0);
        const BookingId on_time = co_await paid(world, trip, 0);
        const BookingId further_on = co_await paid(world, trip, 1);
        const BookingId late_there = co_await paid(world, trip, 1);
        const BookingId elsewhere = co_await paid(world, other_trip, 0);
        const BookingId elsewhere_further_on = co_await paid(world, other_trip, 1);
        world.wait(trip.arrival_eta - world.now);
        co_await tick(world, "carpool.no_shows");
        EXPECT_FALSE(co_await is_no_show(world, late))
            << "nobody got on: the driver may be late himself";

        co_await board(world, driver, on_time);
        co_await tick(world, "carpool.no_shows");
        EXPECT_TRUE(co_await is_no_show(world, late));
        EXPECT_FALSE(co_await is_no_show(world, late_there)) << "the car has not been there";
        EXPECT_FALSE(co_await is_no_show(world, elsewhere)) << "another car";

        co_await board(world, driver, further_on);
        co_await board(world, other_driver, elsewhere_further_on);
        co_await tick(world, "carpool.no_shows");
        EXPECT_TRUE(co_await is_no_show(world, late_there));
        EXPECT_TRUE(co_await is_no_show(world, elsewhere)) << "the car went on to the next stop";
        EXPECT_FALSE(co_await is_no_show(world, on_time));
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
