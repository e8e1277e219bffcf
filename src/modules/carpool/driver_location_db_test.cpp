#include "modules/carpool/driver_location.hpp"

#include <random>

#include "modules/carpool/carpool_test_world.hpp"
#include "modules/drivers/drivers.hpp"

namespace taama::carpool {
namespace {

using Io = asio::io_context;

NewPositions batch(const std::vector<NewPosition>& points,
                   std::string device = "phone-of-the-driver") {
    NewPositions sent;
    sent.device_id = {std::move(device)};
    sent.points = points;
    return sent;
}
NewPosition point(std::int64_t seq, UtcTime at, LatLon where = plateau) {
    return {.seq = seq, .at = at, .lat = where.lat, .lon = where.lon};
}

Task<DriverLocationView> look(World& world, http::Caller caller, TripId trip) {
    http::Request request;
    request.header = [](std::string_view) { return std::string_view{}; };
    http::Context context = world.context_of(request);
    context.caller = caller;
    auto seen = co_await show_driver_location(world.deps, context, http::AnyCaller{caller},
                                              http::Path<TripId>{trip});
    co_return std::move(seen.value);
}
Task<DriverLocationView> look(World& world, AccountId passenger, TripId trip) {
    return look(world, user_caller(passenger), trip);
}

// However the points are shuffled, doubled and cut into batches: the same is stored, the same is
// newest.
TEST(DriverPosition, AnyOrderGivesTheSame_F12) {
    in_world(+[](Io&, World& world) -> Task<void> {
        const auto driver = co_await world.driver();
        const auto passenger = co_await world.person();
        const TripView trip = co_await world.publish(driver, abidjan_yamoussoukro());
        const auto booking = co_await world.book(passenger, seats_on(trip.id));
        EXPECT_EQ(co_await refusal_of(look(world, passenger, trip.id)),
                  "forbidden/not_a_passenger");
        co_await world.pay_booking(booking.id);
        EXPECT_EQ(co_await refusal_of(look(world, passenger, trip.id)), "forbidden/too_early");
        world.wait(trip.departure_time - world.now);

        std::vector<NewPosition> points;
        for (int i = 1; i <= 40; ++i)
            points.push_back(point(i, world.now - 40s + Seconds{i}, {5.3 + i * 0.001, -4}));
        std::vector<NewPosition> sent = points;
        sent.insert(sent.end(), points.begin(), points.end());
        std::shuffle(sent.begin(), sent.end(), std::mt19937{3});
        std::int32_t accepted = 0;
        std::int64_t highest = 0;
        for (std::size_t begin = 0; begin < sent.size(); begin += 16) {
            const auto from = sent.begin() + static_cast<std::ptrdiff_t>(begin);
            const auto to = std::min(from + 16, sent.end());
            for (auto each = from; each != to; ++each) highest = std::max(highest, each->seq);
            const auto ack =
                co_await world.call(send_positions, driver, trip.id, batch({from, to}));
            accepted += ack.accepted;
            EXPECT_EQ(ack.highest_seq, highest);
        }
        EXPECT_EQ(accepted, 40);
        const auto seen = co_await look(world, passenger, trip.id);
        EXPECT_TRUE(seen.position.has_value());
        if (!seen.position) co_return;
        EXPECT_EQ(seen.position->at, points.back().at);
        EXPECT_EQ(seen.position->lat, points.back().lat);
        EXPECT_FALSE(seen.position->stale);
        world.wait(60s);
        EXPECT_FALSE((co_await look(world, passenger, trip.id)).position->stale);
        world.wait(1us);
        EXPECT_TRUE((co_await look(world, passenger, trip.id)).position->stale);
        EXPECT_EQ(
            co_await refusal_of(world.call(send_positions, passenger, trip.id, batch({points[0]}))),
            "not_found");
    });
}

TEST(DriverPosition, EachPointIsJudgedAlone_F12) {
    in_world(+[](Io&, World& world) -> Task<void> {
        const auto driver = co_await world.driver();
        const TripView trip = co_await world.publish(driver, abidjan_yamoussoukro());
        world.wait(trip.departure_time - 60min - world.now - 1us);
        EXPECT_EQ(co_await refusal_of(
                      world.call(send_positions, driver, trip.id, batch({point(1, world.now)}))),
                  "forbidden/too_early");
        world.wait(1us);
        NewPosition vague = point(6, world.now);
        vague.accuracy_m = 501;
        const auto ack = co_await world.call(
            send_positions, driver, trip.id,
            batch({point(0, world.now), point(1, world.now), point(1, world.now - 1s),
                   point(3, world.now, {91, 0}), point(4, world.now + 31s),
                   point(5, world.now - 2h), vague, point(7, world.now - 25h)}));
        EXPECT_EQ(ack.accepted, 1);
        EXPECT_EQ(ack.duplicates, 1);
        EXPECT_EQ(ack.dropped, 6);
        EXPECT_EQ(ack.highest_seq, 1);
        using enum DropReason;
        const std::vector<std::pair<std::int64_t, DropReason>> want{
            {0, bad_seq}, {3, bad_position}, {4, future},
            {5, no_trip}, {6, inaccurate},   {7, too_old}};
        std::vector<std::pair<std::int64_t, DropReason>> reasons;
        for (const auto& [seq, reason] : ack.reasons) reasons.emplace_back(seq, reason);
        EXPECT_EQ(reasons, want);
    });
}

// Whoever guesses a device's id takes none of its numbers.
TEST(DriverPosition, NumbersAreOfADriversDevice) {
    in_world(+[](Io&, World& world) -> Task<void> {
        const auto driver = co_await world.driver();
        const auto thief = co_await world.driver();
        const TripView trip = co_await world.publish(driver, abidjan_yamoussoukro());
        const TripView other = co_await world.publish(thief, abidjan_yamoussoukro());
        world.wait(trip.departure_time - world.now);
        const std::vector<NewPosition> points{point(1, world.now), point(2, world.now)};
        const auto taken = co_await world.call(send_positions, thief, other.id, batch(points));
        EXPECT_EQ(taken.accepted, 2);
        const auto ack = co_await world.call(send_positions, driver, trip.id, batch({points[0]}));
        EXPECT_EQ(ack.accepted, 1);
        EXPECT_EQ(ack.highest_seq, 1) << "of the driver's own points";
        const auto second = co_await world.call(send_positions, driver, trip.id,
                                                batch({points[0]}, "second-phone-0001"));
        EXPECT_EQ(second.accepted, 1);
    });
}

TEST(DriverPosition, MadeUpOnesShowNothing) {
    in_world(+[](Io&, World& world) -> Task<void> {
        const auto driver = co_await world.driver();
        const auto passenger = co_await world.person();
        const TripView trip = co_await world.publish(driver, abidjan_yamoussoukro());
        const auto booking = co_await world.book(passenger, seats_on(trip.id));
        co_await world.pay_booking(booking.id);
        world.wait(trip.departure_time - world.now);
        NewPosition made_up = point(1, world.now, bouake);
        made_up.mock = true;
        co_await world.call(send_positions, driver, trip.id, batch({made_up}));
        EXPECT_FALSE((co_await look(world, passenger, trip.id)).position);
        co_await world.call(send_positions, driver, trip.id, batch({point(2, world.now - 1min)}));
        const auto seen = co_await look(world, passenger, trip.id);
        EXPECT_EQ(seen.position ? seen.position->lat : 0, plateau.lat);
    });
}

// Points sent for the next trip, of the time when he was on the one before, are that one's.
TEST(DriverPosition, BelongsToTheTripHeWasOn_F12) {
    in_world(+[](Io&, World& world) -> Task<void> {
        const auto driver = co_await world.driver();
        const auto passenger = co_await world.person();
        const TripView first = co_await world.publish(driver, abidjan_yamoussoukro());
        NewTrip back = abidjan_yamoussoukro();
        back.departure_time = first.departure_time + 6h;
        const TripView second = co_await world.publish(driver, back);
        const auto booking = co_await world.book(passenger, seats_on(second.id));
        co_await world.pay_booking(booking.id);
        world.wait(first.departure_time + 1h - world.now);
        co_await world.call(start_trip, driver, first.id, Occurrence{});
        world.wait(4h + 30min);
        co_await world.call(end_trip, driver, first.id, Occurrence{});
        const UtcTime ended = world.now;
        world.wait(1min);
        const auto late = co_await world.call(send_positions, driver, second.id,
                                              batch({point(1, ended - 1min, toumodi)}));
        EXPECT_EQ(late.accepted, 1);
        EXPECT_FALSE((co_await look(world, passenger, second.id)).position)
            << "what he did on the first trip is not for those of the second";
        co_await world.call(send_positions, driver, second.id,
                            batch({point(2, ended + 30s, yamoussoukro)}));
        const auto seen = co_await look(world, passenger, second.id);
        EXPECT_EQ(seen.position ? seen.position->lat : 0, yamoussoukro.lat);
        // A day later nothing of the first trip is taken any more.
        world.wait(24h);
        const auto too_late =
            co_await world.call(send_positions, driver, first.id, batch({point(3, ended - 1min)}));
        EXPECT_EQ(too_late.dropped, 1);
    });
}

constexpr pg::Sql tracked_sql{"test.tracked",
                              "select tracked_distance_m from carpool.trips where id = $1"};
Task<std::optional<int>> tracked(World& world, TripId trip) {
    co_return (co_await world.db.query(tracked_sql, trip)).one<std::optional<int>>();
}

// Trace of the worked example, in whatever order and batches; the third point comes after the end.
TEST(DriverPosition, TrackedDistanceFollowsLatePoints_F12) {
    in_world(+[](Io&, World& world) -> Task<void> {
        const auto driver = co_await world.driver();
        const TripView trip = co_await world.publish(driver, abidjan_yamoussoukro());
        world.wait(trip.departure_time + 1h - world.now);
        co_await world.call(start_trip, driver, trip.id, Occurrence{});
        const LatLon trace[] = {{5.3500, -4.0000},
                                {5.3510, -4.0000},
                                {5.3520, -4.0000},
                                {5.3520, -3.9990},
                                {5.3530, -3.9990}};
        std::vector<NewPosition> points;
        for (int i = 0; i < 5; ++i)
            points.push_back(point(i + 1, world.now + Seconds{10 * (i + 1)}, trace[i]));
        world.wait(1h);
        co_await world.call(
            send_positions, driver, trip.id,
            batch({points[4], points[0], points[3], points[0], points[1], points[4]}));
        co_await world.call(end_trip, driver, trip.id, Occurrence{});
        EXPECT_EQ(co_await tracked(world, trip.id), std::nullopt);
        pg::Tx tx = co_await world.db.begin();
        co_await measure_trip(tx, trip.id);
        co_await tx.commit();
        EXPECT_EQ(co_await tracked(world, trip.id), 379);
        world.wait(10min);
        co_await world.call(send_positions, driver, trip.id, batch({points[2]}));
        EXPECT_EQ(co_await tracked(world, trip.id), 444);
    });
}

TEST(DriverPosition, TimeUntilHeIsThere) {
    in_world(+[](Io&, World& world) -> Task<void> {
        const auto driver = co_await world.driver();
        const auto passenger = co_await world.person();
        const TripView trip = co_await world.publish(driver, abidjan_yamoussoukro());
        const auto booking = co_await world.book(passenger, seats_on(trip.id));
        co_await world.pay_booking(booking.id);
        world.wait(trip.departure_time - world.now);
        const LatLon on_his_way{5.4, -4.05};
        co_await world.call(send_positions, driver, trip.id,
                            batch({point(1, world.now, on_his_way)}));
        const auto seen = co_await look(world, passenger, trip.id);
        EXPECT_EQ(seen.position ? seen.position->eta_to_you_s : 0,
                  estimate_leg(on_his_way, plateau, {}).drive_s);
        EXPECT_EQ(seen.opens_at, trip.departure_time - 60min);
        EXPECT_EQ(seen.closes_at, trip.arrival_eta + 6h);

        co_await world.call(cancel_trip, driver, trip.id, CancelTrip{});
        EXPECT_EQ(co_await refusal_of(look(world, passenger, trip.id)), "forbidden/closed");
    });
}

constexpr pg::Sql audited_sql{"test.audited", R"sql(
    select count(*) from audit.entries where action = 'READ_DRIVER_POSITION' and entity_id = $1)sql"};

TEST(DriverPosition, StaffLookAndLeaveATrace) {
    in_world(+[](Io&, World& world) -> Task<void> {
        const auto driver = co_await world.driver();
        const TripView trip = co_await world.publish(driver, abidjan_yamoussoukro());
        world.wait(trip.departure_time - world.now);
        const auto staff = [](http::Role role) {
            http::Caller caller;
            caller.kind = http::Caller::Kind::staff;
            caller.id = Uuid::make();
            caller.role = role;
            return caller;
        };
        EXPECT_EQ(co_await refusal_of(look(world, staff(http::Role::finance), trip.id)),
                  "forbidden");
        EXPECT_EQ((co_await world.db.query(audited_sql, trip.id)).one<int>(), 0);
        co_await look(world, staff(http::Role::ops), trip.id);
        co_await look(world, staff(http::Role::support), trip.id);
        EXPECT_EQ((co_await world.db.query(audited_sql, trip.id)).one<int>(), 2);
    });
}

}  // namespace
}  // namespace taama::carpool
