#pragma once

// What the database tests of carpooling stand on: people with vehicles, and the operations called
// as the edge calls them, each in a transaction of its own.

#include <gtest/gtest.h>

#include <boost/asio/co_spawn.hpp>

#include "modules/carpool/booking_payable.hpp"
#include "modules/carpool/booking_steps.hpp"
#include "modules/carpool/carpool.hpp"
#include "modules/carpool/errors.hpp"
#include "modules/carpool/location_reader.hpp"
#include "modules/carpool/operations.hpp"
#include "modules/carpool/ticket_keys.hpp"
#include "modules/carpool/trip_index_reader.hpp"
#include "modules/carpool/trip_reader.hpp"
#include "platform/crypto/random.hpp"
#include "platform/crypto/seal.hpp"
#include "platform/timer.hpp"
#include "platform/ws/socket.hpp"
#include "tests/support/database.hpp"

namespace taama::carpool {

inline const UtcTime world_now = *parse_utc_time("2026-10-01T08:00:00Z");
inline constexpr LatLon plateau{5.3575, -4.0083};
inline constexpr LatLon toumodi{6.5580, -5.0190};
inline constexpr LatLon yamoussoukro{6.8190, -5.2760};
inline constexpr LatLon bouake{7.6900, -5.0300};

class World {
public:
    explicit World(pg::Db& database) : db(database) { clock.set(world_now); }

    pg::Db& db;
    Clock clock;
    settings::Current settings;
    files::Urls urls{"http://localhost", "0123456789abcdef0123456789abcdef"};
    TimeZone zone;
    EstimateRouting routing{settings};
    crypto::Sealer sealer{{{1, {}}}};
    TicketKeys keys;
    ws::Hub hub;
    TripIndex index;  // not loaded: SQL answers
    TripIndexReader index_reader{index, db};
    TripShapes shapes;
    TripReader reader{db, shapes};
    LocationReader locations{db};
    Deps deps{.db = db,
              .clock = clock,
              .settings = settings,
              .file_urls = urls,
              .zone = zone,
              .currency = Currency::XOF,
              .routing = routing,
              .sealer = sealer,
              .ticket_keys = keys,
              .hub = hub,
              .trip_index = index_reader,
              .trip_reader = reader,
              .locations = locations};
    BookingPayable payable{deps};
    UtcTime now = world_now;

    Task<void> open() { co_await keys.load(db, sealer, now); }

    // --- people ----------------------------------------------------------------------------------

    Task<AccountId> person(int tier = 1) {
        static constexpr pg::Sql sql{"test.person", R"sql(
            insert into identity.accounts
                   (id, phone, phone_verified_at, first_name, last_name, kyc_tier, referral_code)
            values ($1, $2, $3, 'Awa', 'Koné', $4, $5))sql"};
        const AccountId id = AccountId::make();
        co_await db.query(sql, id, "+22507" + crypto::random_digits(8), now, tier,
                          crypto::random_code(8));
        co_return id;
    }

    Task<AccountId> driver() {
        static constexpr pg::Sql sql{"test.vehicle", R"sql(
            insert into vehicles.vehicles
                   (id, owner_kind, owner_user_id, kind, plate_country, plate_number, plate_key,
                    make, model, color, seats_total, comfort_level, is_default, created_at,
                    updated_at)
            values ($1, 'user', $2, 'car', 'CI', $3, $3, 'Toyota', 'Corolla', 'Gris', 9,
                    'standard', true, $4, $4))sql"};
        const AccountId id = co_await person(3);
        co_await db.query(sql, VehicleId::make(), id, "1" + crypto::random_code(8), now);
        co_return id;
    }

    // --- operations ------------------------------------------------------------------------------

    http::Context context_of(const http::Request& request) const {
        return http::Context{request, {}, Language::fr, now, {}, {}, {}, {}, {}};
    }

    Task<TripView> publish(AccountId driver, NewTrip trip) {
        const http::Request request;
        http::Context context = context_of(request);
        pg::Tx tx = co_await db.begin();
        auto created = co_await create_trip(deps, tx, context, http::Driver{{driver, {}}},
                                            http::Body<NewTrip>{std::move(trip)});
        co_await tx.commit();
        co_return created.value;
    }

    // As the edge calls it: together with others that come at once, and else alone.
    Task<BookingView> book(AccountId passenger, NewBooking wanted) {
        try {
            pg::Tx tx = co_await db.begin_grouped();
            co_return co_await book_in(tx, passenger, wanted);
        } catch (const pg::Error& error) {
            if (!error.can_retry()) throw;
        }
        pg::Tx tx = co_await db.begin();
        co_return co_await book_in(tx, passenger, std::move(wanted));
    }
    Task<BookingView> book_in(pg::Tx& tx, AccountId passenger, NewBooking wanted) {
        const http::Request request;
        http::Context context = context_of(request);
        auto created = co_await create_booking(deps, tx, context, http::User{passenger, {}},
                                               http::Body<NewBooking>{std::move(wanted)});
        co_await tx.commit();
        co_return created.value;
    }

    // Any operation of one path value: `call(accept_booking, driver, booking)`.
    template <class View, class Caller, class Id, class... Body, class... Given>
    Task<View> call(Task<http::Ok<View>> (*operation)(const Deps&, pg::Tx&, http::Context&, Caller,
                                                      http::Path<Id>, Body...),
                    AccountId caller, Id id, Given... body) {
        const http::Request request;
        http::Context context = context_of(request);
        pg::Tx tx = co_await db.begin();
        Caller who;
        who.id = caller;
        auto ok = co_await operation(deps, tx, context, who, http::Path<Id>{id}, Body{body}...);
        co_await tx.commit();
        co_return std::move(ok.value);
    }

    // The provider says paid.
    Task<payments::Taking> pay_booking(BookingId id) {
        pg::Tx tx = co_await db.begin();
        const auto owed = co_await payable.describe(tx, {id.uuid, {}, {}, now});
        const payments::DealPayment payment{.id = payments::PaymentId::make(),
                                            .reference = "PAY-1",
                                            .subject_id = id.uuid,
                                            .part = {},
                                            .payer = owed.payer,
                                            .method = payments::Method::wave,
                                            .amount = owed.amount,
                                            .late = false,
                                            .now = now};
        const auto taking = co_await payable.on_paid(tx, payment);
        co_await tx.commit();
        co_return taking;
    }

    // --- looking ---------------------------------------------------------------------------------

    // At rest, on each segment: free seats and those of holding bookings add up to the offer.
    Task<std::int64_t> seats_out_of_balance() {
        static constexpr pg::Sql sql{"test.balance", R"sql(
            select count(*)
              from carpool.trip_segments g
              join carpool.trips t on t.id = g.trip_id
             where t.seats_offered <> g.seats_free + coalesce((
                       select sum(b.seats) from carpool.bookings b
                        where b.trip_id = g.trip_id and b.seats_held
                          and b.from_m < g.to_m and b.to_m > g.from_m), 0))sql"};
        const pg::Rows rows = co_await db.query(sql);
        co_return rows.one<std::int64_t>();
    }

    Task<std::int64_t> count_bookings(TripId trip, BookingStatus status) {
        static constexpr pg::Sql sql{"test.count", R"sql(
            select count(*) from carpool.bookings where trip_id = $1 and status = $2)sql"};
        const pg::Rows rows = co_await db.query(sql, trip, status);
        co_return rows.one<std::int64_t>();
    }

    void wait(Microseconds by) {
        now += by;
        clock.set(now);
    }
};

inline http::Caller user_caller(AccountId id) {
    http::Caller caller;
    caller.kind = http::Caller::Kind::user;
    caller.id = id.uuid;
    return caller;
}

inline NewTrip abidjan_yamoussoukro(int seats = 3, bool auto_accept = true) {
    NewTrip trip;
    trip.origin = {plateau.lat, plateau.lon, {"Abidjan, Plateau"}};
    trip.destination = {yamoussoukro.lat, yamoussoukro.lon, {"Yamoussoukro"}};
    trip.departure_time = *parse_utc_time("2026-10-02T08:30:00Z");
    trip.price_per_seat = {6'000, Currency::XOF};
    trip.seats_available = json::Int<1, 60>{seats};
    trip.allow_auto_accept = auto_accept;
    return trip;
}

inline NewBooking seats_on(TripId trip, int seats = 1) {
    NewBooking booking;
    booking.trip_id = trip;
    booking.seats = {seats};
    return booking;
}

// "" when it succeeded, else the code, with its reason behind a slash.
template <class T>
Task<std::string> refusal_of(Task<T> task) {
    try {
        co_await std::move(task);
    } catch (const Refusal& refusal) {
        std::string text{refusal.code().code};
        if (const auto* reason = refusal.details().if_contains("reason"))
            text += "/" + std::string{reason->as_string()};
        co_return text;
    } catch (const pg::Error& error) {
        co_return "pg " + error.constraint + " " + error.what();
    }
    co_return "";
}

// Runs all at once on one thread, each with its own transaction; answers in order.
inline Task<std::vector<std::string>> run_all(asio::io_context& io,
                                              std::vector<Task<std::string>> tasks) {
    std::vector<std::string> answers(tasks.size());
    std::size_t left = tasks.size();
    Timer done{io.get_executor(), Timer::time_point::max()};
    for (std::size_t i = 0; i < tasks.size(); ++i)
        asio::co_spawn(io.get_executor(), std::move(tasks[i]),
                       [&answers, &left, &done, i](std::exception_ptr failure, std::string answer) {
                           answers[i] = failure ? "threw" : std::move(answer);
                           if (--left == 0) done.cancel();
                       });
    while (left > 0) {
        boost::system::error_code ignored;
        co_await done.async_wait(asio::redirect_error(use_task, ignored));
    }
    co_return answers;
}

using Flow = Task<void> (*)(asio::io_context& io, World& world);

inline Task<void> run_in_world(asio::io_context& io, pg::Db& db, Flow flow) {
    co_await db.connect();
    World world{db};
    co_await world.open();
    co_await flow(io, world);
}

inline void in_world(Flow flow) {
    const test::TestDatabase database;
    database.run([&](asio::io_context& io, pg::Db& db) { return run_in_world(io, db, flow); });
}

}  // namespace taama::carpool
