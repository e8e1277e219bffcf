#include "modules/carpool/carpool_test_world.hpp"

namespace taama::carpool {
namespace {

using Io = asio::io_context;

TEST(Trips, WhatPublishingNeeds_S1_204) {
    in_world(+[](Io&, World& world) -> Task<void> {
        const auto driver = co_await world.driver();
        const auto without_papers = co_await world.person(1);
        const auto without_vehicle = co_await world.person(3);
        const auto refused = [&world](AccountId who, NewTrip trip) {
            return refusal_of(world.publish(who, std::move(trip)));
        };
        EXPECT_EQ(co_await refused(without_papers, abidjan_yamoussoukro()), "kyc_required");
        EXPECT_EQ(co_await refused(without_vehicle, abidjan_yamoussoukro()), "validation_error");
        NewTrip past = abidjan_yamoussoukro();
        past.departure_time = world.now - 1s;
        EXPECT_EQ(co_await refused(driver, past), "validation_error");
        NewTrip far_ahead = abidjan_yamoussoukro();
        far_ahead.departure_time = world.now + std::chrono::days{91};
        EXPECT_EQ(co_await refused(driver, far_ahead), "validation_error");
        NewTrip short_trip = abidjan_yamoussoukro();
        short_trip.destination = {plateau.lat + 0.004, plateau.lon, {"À côté"}};
        EXPECT_EQ(co_await refused(driver, short_trip), "validation_error");
        EXPECT_EQ(co_await refused(driver, abidjan_yamoussoukro(9)), "validation_error");
        NewTrip draft = abidjan_yamoussoukro();
        draft.status = FirstStatus::draft;
        const TripView kept = co_await world.publish(without_papers, draft);
        EXPECT_EQ(kept.status, TripStatus::draft);
        EXPECT_EQ(co_await refusal_of(world.call(publish_trip, without_papers, kept.id)),
                  "kyc_required");
    });
}

TEST(Trips, OneDriverOneCarOneTime_F14) {
    in_world(+[](Io& io, World& world) -> Task<void> {
        const auto driver = co_await world.driver();
        std::vector<Task<std::string>> tasks;
        for (int i = 0; i < 8; ++i)
            tasks.push_back(refusal_of(world.publish(driver, abidjan_yamoussoukro())));
        const auto answers = co_await run_all(io, std::move(tasks));
        EXPECT_EQ(std::count(answers.begin(), answers.end(), ""), 1);
        EXPECT_EQ(std::count(answers.begin(), answers.end(), "driver_busy"), 7);

        // Behind the arrival the car is kept for a while, the driver is not.
        NewTrip soon_after = abidjan_yamoussoukro();
        soon_after.departure_time = *parse_utc_time("2026-10-02T13:20:00Z");
        EXPECT_EQ(co_await refusal_of(world.publish(driver, soon_after)), "vehicle_unavailable");
        soon_after.departure_time = *parse_utc_time("2026-10-02T13:24:00Z");
        EXPECT_EQ(co_await refusal_of(world.publish(driver, soon_after)), "");
    });
}

TEST(Trips, WhatChangesWithPassengers_S1_077) {
    in_world(+[](Io&, World& world) -> Task<void> {
        const auto driver = co_await world.driver();
        const auto passenger = co_await world.person();
        const TripView trip = co_await world.publish(driver, abidjan_yamoussoukro(3));
        const auto booking = co_await world.book(passenger, seats_on(trip.id, 2));
        const auto edit = [&](TripChanges changes) {
            return [](World& w, AccountId who, TripId id, TripChanges wanted) -> Task<TripView> {
                const http::Request own;
                http::Context context = w.context_of(own);
                pg::Tx tx = co_await w.db.begin();
                auto ok = co_await edit_trip(w.deps, tx, context, http::Driver{{who, {}}}, {id},
                                             http::IfMatch{}, http::Body<TripChanges>{wanted});
                co_await tx.commit();
                co_return ok.value;
            }(world, driver, trip.id, std::move(changes));
        };
        TripChanges fewer;
        fewer.seats_offered = json::Int<1, 60>{1};
        EXPECT_EQ(co_await refusal_of(edit(fewer)), "booking_conflict");
        TripChanges more;
        more.seats_available = json::Int<0, 60>{3};
        const TripView roomy = co_await edit(more);
        EXPECT_EQ(roomy.seats_offered, 5);
        EXPECT_EQ(roomy.seats_available, 3);
        TripChanges elsewhere;
        elsewhere.destination = NamedPoint{bouake.lat, bouake.lon, {"Bouaké"}};
        EXPECT_EQ(co_await refusal_of(edit(elsewhere)), "invalid_state/has_bookings");
        TripChanges much_later;
        much_later.departure_time = trip.departure_time + 31min;
        EXPECT_EQ(co_await refusal_of(edit(much_later)), "conflict/cancel_and_republish");
        TripChanges later;
        later.departure_time = trip.departure_time + 30min;
        const TripView moved = co_await edit(later);
        EXPECT_EQ(moved.departure_time, trip.departure_time + 30min);
        EXPECT_EQ(moved.stops.back().arrive_at, trip.arrival_eta + 30min);
        const auto seen =
            co_await world.call(cancel_booking, passenger, booking.id, CancelBooking{});
        EXPECT_EQ(seen.pickup_at, booking.pickup_at + 30min);
        EXPECT_EQ(co_await world.seats_out_of_balance(), 0);
    });
}

TEST(Trips, CancelledTwiceIsCancelledOnce_S1_080) {
    in_world(+[](Io&, World& world) -> Task<void> {
        const auto driver = co_await world.driver();
        const TripView trip = co_await world.publish(driver, abidjan_yamoussoukro());
        const auto booking = co_await world.book(co_await world.person(), seats_on(trip.id));
        const auto first = co_await world.call(cancel_trip, driver, trip.id, CancelTrip{});
        EXPECT_EQ(first.status, TripStatus::cancelled);
        const auto again = co_await world.call(cancel_trip, driver, trip.id, CancelTrip{});
        EXPECT_EQ(again.updated_at, first.updated_at);
        EXPECT_EQ(co_await world.count_bookings(trip.id, BookingStatus::cancelled), 1);
        // The car and the driver are free again.
        EXPECT_EQ(co_await refusal_of(world.publish(driver, abidjan_yamoussoukro())), "");
        EXPECT_EQ(co_await refusal_of(world.call(accept_booking, driver, booking.id)),
                  "invalid_state");
    });
}

TEST(Trips, WhoSeesWhat_S1_076) {
    in_world(+[](Io&, World& world) -> Task<void> {
        const auto driver = co_await world.driver();
        const auto passenger = co_await world.person();
        const auto stranger = co_await world.person();
        const TripView trip = co_await world.publish(driver, abidjan_yamoussoukro());
        co_await world.book(passenger, seats_on(trip.id));
        const auto look = [&](http::Caller caller) {
            return [](World& w, http::Caller who, TripId id) -> Task<TripView> {
                const http::Request request;
                http::Context context = w.context_of(request);
                auto ok = co_await show_trip(w.deps, context, http::MaybeCaller{who}, {id});
                co_return ok.value;
            }(world, caller, trip.id);
        };
        const TripView public_view = co_await look({});
        EXPECT_FALSE(public_view.passengers.has_value());
        EXPECT_FALSE(public_view.vehicle->plate_number.has_value());
        EXPECT_EQ(public_view.seats_available, 2);
        const TripView own_view = co_await look(user_caller(driver));
        EXPECT_EQ(own_view.passengers->size(), 1U);
        EXPECT_EQ(own_view.bookings_count->accepted, 1);
        co_await world.call(cancel_trip, driver, trip.id, CancelTrip{});
        EXPECT_EQ(co_await refusal_of(look({})), "not_found");
        EXPECT_EQ(co_await refusal_of(look(user_caller(stranger))), "not_found");
        EXPECT_EQ(co_await refusal_of(look(user_caller(passenger))), "");
    });
}

}  // namespace
}  // namespace taama::carpool
