#include "modules/carpool/carpool_test_world.hpp"
#include "platform/task_group.hpp"
#include "platform/timer.hpp"

namespace taama::carpool {
namespace {

using Io = asio::io_context;

TEST(Bookings, FromRequestToArrival_S1_050) {
    in_world(+[](Io&, World& world) -> Task<void> {
        const auto driver = co_await world.driver();
        const auto passenger = co_await world.person();
        const TripView trip = co_await world.publish(driver, abidjan_yamoussoukro(3, false));
        EXPECT_EQ(trip.distance_m, 278'988);
        EXPECT_EQ(trip.duration_s, 16'739);
        EXPECT_EQ(to_string(trip.arrival_eta), "2026-10-02T13:08:59Z");
        EXPECT_EQ(trip.seats_available, 3);

        const BookingView asked = co_await world.book(passenger, seats_on(trip.id, 2));
        EXPECT_EQ(asked.status, BookingStatus::pending);
        EXPECT_EQ(asked.amount_total.minor, 12'000);
        EXPECT_TRUE(asked.reference.starts_with("BKG-"));
        EXPECT_EQ(asked.leg.seats_free, 3);
        EXPECT_FALSE(asked.driver.phone.has_value());

        const auto accepted = co_await world.call(accept_booking, driver, asked.id);
        EXPECT_EQ(accepted.status, BookingStatus::accepted);
        EXPECT_EQ(accepted.hold_expires_at, world.now + 30min);
        EXPECT_EQ(accepted.leg.seats_free, 1);
        const auto taking = co_await world.pay_booking(asked.id);
        EXPECT_TRUE(std::holds_alternative<payments::Taken>(taking));

        const http::Request request;
        http::Context context = world.context_of(request);
        const auto shown = co_await show_booking(
            world.deps, context, http::AnyCaller{user_caller(passenger)}, {asked.id});
        EXPECT_EQ(shown.value.stage, Stage::confirmed);
        EXPECT_TRUE(shown.value.qr_code->starts_with("TK1."));
        EXPECT_EQ(shown.value.code->size(), 6U);
        EXPECT_TRUE(shown.value.driver.phone.has_value());
        EXPECT_TRUE(shown.value.vehicle->plate_number.has_value());

        CheckIn ticket;
        ticket.ticket = json::Secret<1, 400>{*shown.value.qr_code};
        EXPECT_EQ(co_await refusal_of(world.call(check_in, driver, asked.id, ticket)),
                  "invalid_state/too_early");
        world.wait(24h);
        CheckIn wrong;
        wrong.code = json::Secret<1, 20>{*shown.value.code == "000000" ? "000001" : "000000"};
        EXPECT_EQ(co_await refusal_of(world.call(check_in, driver, asked.id, wrong)),
                  "code_invalid");
        EXPECT_EQ(co_await refusal_of(world.call(start_ride, driver, asked.id, Occurrence{})),
                  "invalid_state/not_checked_in");
        const auto checked_in = co_await world.call(check_in_on_trip, driver, trip.id, ticket);
        EXPECT_EQ(checked_in.stage, Stage::checked_in);
        EXPECT_EQ(co_await refusal_of(world.call(check_in, driver, asked.id, ticket)),
                  "invalid_state/already_checked_in");
        const auto started = co_await world.call(start_ride, driver, asked.id, Occurrence{});
        EXPECT_EQ(started.stage, Stage::on_board);
        EXPECT_EQ(started.trip.status, TripStatus::ongoing);
        EXPECT_EQ(
            co_await refusal_of(world.call(cancel_booking, passenger, asked.id, CancelBooking{})),
            "invalid_state/started");
        EXPECT_EQ(co_await world.seats_out_of_balance(), 0);
    });
}

TEST(Bookings, GuardsInTheirOrder_S1_084) {
    in_world(+[](Io&, World& world) -> Task<void> {
        const auto driver = co_await world.driver();
        const auto passenger = co_await world.person();
        const auto nobody = co_await world.person(0);
        const TripView trip = co_await world.publish(driver, abidjan_yamoussoukro(1, false));
        const auto refused = [&](AccountId who, NewBooking wanted) {
            return refusal_of(world.book(who, std::move(wanted)));
        };
        EXPECT_EQ(co_await refused(nobody, seats_on(TripId::make())), "kyc_required");
        EXPECT_EQ(co_await refused(passenger, seats_on(TripId::make())), "not_found");
        EXPECT_EQ(co_await refused(driver, seats_on(trip.id)), "conflict/own_trip");
        EXPECT_EQ(co_await refused(passenger, seats_on(trip.id, 3)), "booking_conflict");

        NewBooking backwards = seats_on(trip.id);
        backwards.from_stop = trip.stops.back().id;
        EXPECT_EQ(co_await refused(passenger, backwards), "no_match/no_pickup");
        NewBooking foreign = seats_on(trip.id);
        foreign.from_stop = StopId::make();
        EXPECT_EQ(co_await refused(passenger, foreign), "validation_error");
        NewBooking cheaper = seats_on(trip.id);
        cheaper.expected_price_per_seat = Money{5'900, Currency::XOF};
        EXPECT_EQ(co_await refused(passenger, cheaper), "price_changed");
        NewBooking promo = seats_on(trip.id);
        promo.promo_code = json::Text<1, 40>{"BIENVENUE"};
        EXPECT_EQ(co_await refused(passenger, promo), "promo_invalid/unknown");

        const auto asked = co_await world.book(passenger, seats_on(trip.id));
        EXPECT_EQ(co_await refused(passenger, seats_on(trip.id)), "already_exists");
        co_await world.call(reject_booking, driver, asked.id, RejectBooking{});
        EXPECT_EQ(co_await refused(passenger, seats_on(trip.id)), "conflict/rejected_before");

        world.wait(25h);
        EXPECT_EQ(co_await refused(co_await world.person(), seats_on(trip.id)),
                  "invalid_state/departed");
    });
}

TEST(Bookings, SixtyFourForTheLastSeat_S1_213) {
    in_world(+[](Io& io, World& world) -> Task<void> {
        const auto driver = co_await world.driver();
        const TripView trip = co_await world.publish(driver, abidjan_yamoussoukro(1));
        std::vector<Task<std::string>> bookings;
        for (int i = 0; i < 64; ++i)
            bookings.push_back(refusal_of(world.book(co_await world.person(), seats_on(trip.id))));
        const auto answers = co_await run_all(io, std::move(bookings));
        EXPECT_EQ(std::count(answers.begin(), answers.end(), ""), 1);
        EXPECT_EQ(std::count(answers.begin(), answers.end(), "booking_conflict"), 63);
        EXPECT_EQ(co_await world.seats_out_of_balance(), 0);
    });
}

// Bookings that come at once share transactions, and are refused each for its own reason.
TEST(Bookings, ManyBookManyTrips) {
    in_world(+[](Io& io, World& world) -> Task<void> {
        std::vector<TripId> trips;
        for (int i = 0; i < 6; ++i)
            trips.push_back(
                (co_await world.publish(co_await world.driver(), abidjan_yamoussoukro(4))).id);
        std::vector<Task<std::string>> bookings;
        for (int i = 0; i < 36; ++i) {
            const TripId trip = i == 7 ? TripId::make() : trips[i % trips.size()];
            const AccountId who = co_await world.person(i == 15 ? 0 : 1);
            bookings.push_back(refusal_of(world.book(who, seats_on(trip))));
        }
        const auto answers = co_await run_all(io, std::move(bookings));
        EXPECT_EQ(answers[7], "not_found");
        EXPECT_EQ(answers[15], "kyc_required");
        EXPECT_EQ(std::count(answers.begin(), answers.end(), ""), 24);
        EXPECT_EQ(std::count(answers.begin(), answers.end(), "booking_conflict"), 10);
        for (const TripId trip : trips)
            EXPECT_EQ(co_await world.count_bookings(trip, BookingStatus::accepted), 4);
        EXPECT_EQ(co_await world.seats_out_of_balance(), 0);
        static constexpr pg::Sql odd_sql{"test.odd_bookings", R"sql(
            select (select count(*) from carpool.bookings b
                     where (select count(*) from carpool.booking_events e
                             where e.booking_id = b.id) <> 2
                        or (select c.last_seq from messaging.conversations c
                             where c.subject_id = b.id) <> 1
                        or (select count(*) from platform.outbox o
                             where o.payload ->> 'booking_id' = b.id::text
                                or o.payload ->> 'subject_id' = b.id::text) <> 3),
                   (select count(distinct xmin::text::int) from carpool.bookings))sql"};
        const pg::Rows odd = co_await world.db.query(odd_sql);
        EXPECT_EQ(odd[0].get<int>(0), 0) << "history, conversation and news of each booking";
        EXPECT_LT(odd[0].get<int>(1), 24) << "transactions";
    });
}

Task<void> book_one(World& world, AccountId who, TripId trip, std::string& outcome) {
    const std::string refused = co_await refusal_of(world.book(who, seats_on(trip)));
    outcome = refused.empty() ? "booked" : refused;
}

// Whose other requests have to be superseded waits for their trips, but those who share with him do
// not.
TEST(Bookings, WhoSupersedesHoldsUpNobodyElse) {
    in_world(+[](Io& io, World& world) -> Task<void> {
        std::vector<TripId> trips;
        for (const bool accepts : {false, true, true})
            trips.push_back(
                (co_await world.publish(co_await world.driver(), abidjan_yamoussoukro(4, accepts)))
                    .id);
        const TripId asked = trips[0];
        const TripId wanted = trips[1];
        const TripId other = trips[2];
        const AccountId waits = co_await world.person();
        const BookingView request = co_await world.book(waits, seats_on(asked));

        static constexpr pg::Sql lock_sql{"test.lock_booking", R"sql(
            select id from carpool.bookings where id = $1 for update)sql"};
        pg::Tx holder = co_await world.db.begin();
        co_await holder.query(lock_sql, request.id);
        std::string of_waits;
        std::string of_other;
        TaskGroup group{io};
        const AccountId somebody = co_await world.person();
        group.spawn("waits", book_one(world, waits, wanted, of_waits));
        group.spawn("other", book_one(world, somebody, other, of_other));
        for (int i = 0; i < 200 && of_other.empty(); ++i) co_await sleep_for(10ms);
        EXPECT_EQ(of_other, "booked");
        EXPECT_EQ(of_waits, "");
        co_await holder.commit();
        co_await group.wait();
        EXPECT_EQ(of_waits, "booked");
        EXPECT_EQ(co_await world.count_bookings(wanted, BookingStatus::accepted), 1);
        EXPECT_EQ(co_await world.count_bookings(asked, BookingStatus::cancelled), 1);
        EXPECT_EQ(co_await world.seats_out_of_balance(), 0);
    });
}

// Changes that follow one another are one statement: each counts.
TEST(Bookings, SeatChangesOfOneTripAddUp) {
    in_world(+[](Io&, World& world) -> Task<void> {
        const TripView trip =
            co_await world.publish(co_await world.driver(), abidjan_yamoussoukro(4));
        pg::Tx tx = co_await world.db.begin();
        for (const std::int32_t seats : {-1, -2, 1})
            save_seats(tx, {trip.id, {0, trip.distance_m}, seats});
        co_await tx.commit();
        static constexpr pg::Sql sql{"test.free_seats", R"sql(
            select seats_free from carpool.trip_segments where trip_id = $1)sql"};
        EXPECT_EQ((co_await world.db.query(sql, trip.id)).one<int>(), 2);
    });
}

TEST(Bookings, TwoAcceptedForOneSeat_F05) {
    in_world(+[](Io& io, World& world) -> Task<void> {
        const auto driver = co_await world.driver();
        const TripView trip = co_await world.publish(driver, abidjan_yamoussoukro(1, false));
        std::vector<Task<std::string>> answers_wanted;
        for (int i = 0; i < 2; ++i) {
            const auto asked = co_await world.book(co_await world.person(), seats_on(trip.id));
            answers_wanted.push_back(refusal_of(world.call(accept_booking, driver, asked.id)));
        }
        auto answers = co_await run_all(io, std::move(answers_wanted));
        std::sort(answers.begin(), answers.end());
        EXPECT_EQ(answers, (std::vector<std::string>{"", "booking_conflict"}));
        EXPECT_EQ(co_await world.count_bookings(trip.id, BookingStatus::pending), 1);
        EXPECT_EQ(co_await world.seats_out_of_balance(), 0);
    });
}

TEST(Bookings, TheDriverCancelsWhileTwentyBook) {
    in_world(+[](Io& io, World& world) -> Task<void> {
        const auto driver = co_await world.driver();
        const TripView trip = co_await world.publish(driver, abidjan_yamoussoukro(8));
        std::vector<Task<std::string>> tasks;
        for (int i = 0; i < 20; ++i) {
            const auto passenger = co_await world.person();
            tasks.push_back(refusal_of(world.book(passenger, seats_on(trip.id))));
            if (i == 9)
                tasks.push_back(refusal_of(world.call(cancel_trip, driver, trip.id, CancelTrip{})));
        }
        const auto answers = co_await run_all(io, std::move(tasks));
        EXPECT_EQ(answers[10], "");
        for (const auto status :
             {BookingStatus::pending, BookingStatus::accepted, BookingStatus::paid})
            EXPECT_EQ(co_await world.count_bookings(trip.id, status), 0);
        EXPECT_EQ(co_await world.seats_out_of_balance(), 0);
    });
}

TEST(Bookings, TheUnpaidLimitHoldsUnderPressure_S1_217) {
    in_world(+[](Io& io, World& world) -> Task<void> {
        const auto passenger = co_await world.person();
        std::vector<TripId> trips;
        // One departure a day: only the limit can stand in the way.
        for (int day = 0; day < 12; ++day) {
            NewTrip trip = abidjan_yamoussoukro(8);
            trip.departure_time += std::chrono::days{day};
            trips.push_back((co_await world.publish(co_await world.driver(), trip)).id);
        }
        for (int i = 0; i < 4; ++i) co_await world.book(passenger, seats_on(trips[i]));
        std::vector<Task<std::string>> tasks;
        for (int i = 0; i < 64; ++i)
            tasks.push_back(refusal_of(world.book(passenger, seats_on(trips[4 + i % 8]))));
        const auto answers = co_await run_all(io, std::move(tasks));
        EXPECT_EQ(std::count(answers.begin(), answers.end(), ""), 1);
        EXPECT_EQ(std::count(answers.begin(), answers.end(), "limit_exceeded") +
                      std::count(answers.begin(), answers.end(), "already_exists"),
                  63);
    });
}

TEST(Bookings, NobodyRidesTwiceAtOneTime) {
    in_world(+[](Io& io, World& world) -> Task<void> {
        const auto passenger = co_await world.person();
        const auto first_driver = co_await world.driver();
        const auto second_driver = co_await world.driver();
        const TripView first = co_await world.publish(first_driver, abidjan_yamoussoukro(3, false));
        const TripView second =
            co_await world.publish(second_driver, abidjan_yamoussoukro(3, false));
        const auto asked_first = co_await world.book(passenger, seats_on(first.id));
        const auto asked_second = co_await world.book(passenger, seats_on(second.id));
        std::vector<Task<std::string>> tasks;
        tasks.push_back(refusal_of(world.call(accept_booking, first_driver, asked_first.id)));
        tasks.push_back(refusal_of(world.call(accept_booking, second_driver, asked_second.id)));
        auto answers = co_await run_all(io, std::move(tasks));
        std::sort(answers.begin(), answers.end());
        EXPECT_EQ(answers, (std::vector<std::string>{"", "invalid_state"}));
        EXPECT_EQ(co_await world.count_bookings(first.id, BookingStatus::accepted) +
                      co_await world.count_bookings(second.id, BookingStatus::accepted),
                  1);
        EXPECT_EQ(co_await world.count_bookings(first.id, BookingStatus::cancelled) +
                      co_await world.count_bookings(second.id, BookingStatus::cancelled),
                  1);
        EXPECT_EQ(
            co_await refusal_of(world.book(
                passenger,
                seats_on(
                    (co_await world.publish(co_await world.driver(), abidjan_yamoussoukro())).id))),
            "conflict/passenger_busy");
    });
}

TEST(Bookings, OfTwoRidesInTheWayTheFirstIsNamed) {
    in_world(+[](Io&, World& world) -> Task<void> {
        const auto person = co_await world.driver();
        NewTrip later = abidjan_yamoussoukro();
        later.departure_time += 3h;
        const TripView taken = co_await world.publish(co_await world.driver(), later);
        co_await world.book(person, seats_on(taken.id));
        NewTrip earlier = abidjan_yamoussoukro();
        earlier.departure_time -= 3h;
        const TripView driven = co_await world.publish(person, earlier);
        NewTrip far = abidjan_yamoussoukro();
        far.destination = {bouake.lat, bouake.lon, {"Bouaké"}};
        const TripView trip = co_await world.publish(co_await world.driver(), far);
        try {
            co_await world.book(person, seats_on(trip.id));
            ADD_FAILURE() << "booked";
        } catch (const Refusal& refusal) {
            EXPECT_EQ(refusal.details().at("trip_id").as_string(), driven.id.to_string());
        }
    });
}

TEST(Bookings, SeatsAreSoldByTheSegment_F08) {
    in_world(+[](Io&, World& world) -> Task<void> {
        NewTrip wanted = abidjan_yamoussoukro(1);
        wanted.destination = {bouake.lat, bouake.lon, {"Bouaké"}};
        NewStop in_toumodi;
        in_toumodi.order = {1};
        in_toumodi.point = {toumodi.lat, toumodi.lon};
        in_toumodi.label = json::Text<1, 120>{"Toumodi"};
        NewStop in_yamoussoukro = in_toumodi;
        in_yamoussoukro.order = {2};
        in_yamoussoukro.point = {yamoussoukro.lat, yamoussoukro.lon};
        wanted.stops = {in_toumodi, in_yamoussoukro};
        const TripView trip = co_await world.publish(co_await world.driver(), wanted);
        EXPECT_EQ(trip.stops.size(), 4U);
        const auto leg = [&](std::size_t from, std::size_t to) {
            NewBooking booking = seats_on(trip.id);
            booking.from_stop = trip.stops[from].id;
            booking.to_stop = trip.stops[to].id;
            return booking;
        };
        const auto first = co_await world.book(co_await world.person(), leg(0, 1));
        EXPECT_EQ(first.price_per_seat.minor, 3'300);
        const auto last = co_await world.book(co_await world.person(), leg(2, 3));
        EXPECT_EQ(last.price_per_seat.minor, 1'900);
        EXPECT_EQ(co_await refusal_of(world.book(co_await world.person(), leg(0, 2))),
                  "booking_conflict");
        const auto middle = co_await world.book(co_await world.person(), leg(1, 2));
        EXPECT_EQ(middle.price_per_seat.minor, 800);
        EXPECT_EQ(middle.leg.distance_m, 52'772);
        EXPECT_EQ(co_await world.seats_out_of_balance(), 0);
    });
}

TEST(Bookings, AHoldThatLapsedBlocksNobody_F05) {
    in_world(+[](Io&, World& world) -> Task<void> {
        const TripView trip =
            co_await world.publish(co_await world.driver(), abidjan_yamoussoukro(1));
        const auto slow = co_await world.book(co_await world.person(), seats_on(trip.id));
        world.wait(30min);
        const auto quick = co_await world.book(co_await world.person(), seats_on(trip.id));
        EXPECT_EQ(quick.status, BookingStatus::accepted);
        EXPECT_EQ(co_await world.seats_out_of_balance(), 0);
        // The money of the slow one comes when the seat is gone.
        const auto taking = co_await world.pay_booking(slow.id);
        EXPECT_EQ(std::get<payments::NotTaken>(taking).reason, "sold_out");
        EXPECT_TRUE(std::holds_alternative<payments::Taken>(co_await world.pay_booking(quick.id)));
        EXPECT_EQ(co_await world.seats_out_of_balance(), 0);
    });
}

TEST(Bookings, LateMoneyTakesTheSeatAgain_F05) {
    in_world(+[](Io&, World& world) -> Task<void> {
        const TripView trip =
            co_await world.publish(co_await world.driver(), abidjan_yamoussoukro(1));
        const auto booking = co_await world.book(co_await world.person(), seats_on(trip.id));
        world.wait(31min);
        EXPECT_TRUE(
            std::holds_alternative<payments::Taken>(co_await world.pay_booking(booking.id)));
        EXPECT_EQ(co_await world.seats_out_of_balance(), 0);
        EXPECT_EQ(co_await world.count_bookings(trip.id, BookingStatus::paid), 1);
    });
}

TEST(Bookings, NothingToPayIsPaidAtOnce) {
    in_world(+[](Io&, World& world) -> Task<void> {
        NewTrip gift = abidjan_yamoussoukro(2);
        gift.price_per_seat = {0, Currency::XOF};
        const TripView trip = co_await world.publish(co_await world.driver(), gift);
        const auto passenger = co_await world.person();
        const auto booking = co_await world.book(passenger, seats_on(trip.id));
        EXPECT_EQ(booking.stage, Stage::confirmed);
        EXPECT_TRUE(booking.qr_code.has_value());
        const auto cancelled =
            co_await world.call(cancel_booking, passenger, booking.id, CancelBooking{});
        EXPECT_EQ(cancelled.cancellation.fee.minor, 0);
        EXPECT_EQ(co_await world.seats_out_of_balance(), 0);
    });
}

TEST(Bookings, WhoCheckedInIsNotAbsent) {
    in_world(+[](Io&, World& world) -> Task<void> {
        const auto driver = co_await world.driver();
        const TripView trip = co_await world.publish(driver, abidjan_yamoussoukro(3));
        const auto on_board = co_await world.book(co_await world.person(), seats_on(trip.id));
        const auto forgotten = co_await world.book(co_await world.person(), seats_on(trip.id));
        const auto absent = co_await world.book(co_await world.person(), seats_on(trip.id));
        for (const BookingId id : {on_board.id, forgotten.id, absent.id})
            co_await world.pay_booking(id);
        world.wait(24h + 30min);
        for (const BookingId id : {on_board.id, forgotten.id}) {
            const auto booking = co_await find_booking(world.db, id);
            CheckIn proof;
            proof.code = json::Secret<1, 20>{open_code(*booking, world.sealer)};
            co_await world.call(check_in, driver, id, proof);
        }
        co_await world.call(start_ride, driver, on_board.id, Occurrence{});
        world.wait(5h);
        co_await world.call(end_trip, driver, trip.id, Occurrence{});
        EXPECT_EQ(co_await world.count_bookings(trip.id, BookingStatus::completed), 2);
        const auto lost = co_await find_booking(world.db, absent.id);
        EXPECT_EQ(lost->cancel_reason, "no_show");
        EXPECT_EQ(co_await world.seats_out_of_balance(), 0);
    });
}

TEST(Bookings, NobodyCancelsInTheSystemsWords) {
    in_world(+[](Io&, World& world) -> Task<void> {
        const TripView trip =
            co_await world.publish(co_await world.driver(), abidjan_yamoussoukro());
        const auto passenger = co_await world.person();
        const auto booking = co_await world.book(passenger, seats_on(trip.id));
        CancelBooking cancel;
        cancel.reason = json::Text<1, 60>{"superseded"};
        EXPECT_EQ(co_await refusal_of(world.call(cancel_booking, passenger, booking.id, cancel)),
                  "validation_error");
        cancel.reason = json::Text<1, 60>{"plans_changed"};
        const auto cancelled = co_await world.call(cancel_booking, passenger, booking.id, cancel);
        EXPECT_EQ(cancelled.cancel_reason, "plans_changed");
    });
}

}  // namespace
}  // namespace taama::carpool
