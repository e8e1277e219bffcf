#include "modules/vehicles/calendar.hpp"

#include <gtest/gtest.h>

#include "modules/vehicles/errors.hpp"
#include "modules/vehicles/vehicle_store.hpp"
#include "tests/support/database.hpp"

namespace taama::vehicles {
namespace {

const UtcTime noon = *parse_utc_time("2026-10-02T12:00:00Z");
const AccountId owner = AccountId::make();

Vehicle car(std::string plate) {
    Vehicle vehicle;
    vehicle.id = VehicleId::make();
    vehicle.plate_country = "CI";
    vehicle.plate_number = vehicle.plate_key = std::move(plate);
    vehicle.make = "Toyota";
    vehicle.model = "Corolla";
    vehicle.seats_total = 5;
    vehicle.created_at = vehicle.updated_at = noon;
    return vehicle;
}

Task<bool> take(pg::Db& db, VehicleId vehicle, Interval interval, Uuid ref = Uuid::make()) {
    pg::Tx tx = co_await db.begin();
    try {
        co_await take_calendar(tx,
                               {.vehicle_id = vehicle,
                                .kind = UseKind::trip,
                                .ref_id = ref,
                                .holder = owner,
                                .from = interval.from,
                                .until = interval.until,
                                .seats_needed = 4},
                               noon);
        co_await tx.commit();
        co_return true;
    } catch (const Refusal& refusal) {
        EXPECT_TRUE(refusal == errors::vehicle_unavailable);
        EXPECT_EQ(refusal.details().at("busy").as_array().size(), 1U);
    } catch (const pg::Error& error) {
        EXPECT_EQ(error.constraint, "calendar_one_use");
    }
    co_return false;
}

Task<void> one_use_at_a_time(pg::Db& db) {
    co_await db.connect();
    const Vehicle vehicle = car("1234AB01");
    {
        pg::Tx tx = co_await db.begin();
        EXPECT_TRUE(co_await save_new_vehicle(tx, vehicle, owner));
        co_await tx.commit();
    }
    const Uuid trip = Uuid::make();
    EXPECT_TRUE(co_await take(db, vehicle.id, {noon, noon + 2h}, trip));
    EXPECT_FALSE(co_await take(db, vehicle.id, {noon + 1h, noon + 3h}));
    EXPECT_TRUE(co_await take(db, vehicle.id, {noon + 2h, noon + 3h}));
    // The same reference moves; into another's time it cannot.
    EXPECT_TRUE(co_await take(db, vehicle.id, {noon - 1h, noon + 1h}, trip));
    EXPECT_FALSE(co_await take(db, vehicle.id, {noon, noon + 3h}, trip));

    pg::Tx tx = co_await db.begin();
    EXPECT_EQ(co_await find_seats_needed_ahead(tx, vehicle.id, noon), 4);
    cut_calendar(tx, UseKind::trip, trip, noon);
    const auto ahead = co_await find_entries_ahead(tx, vehicle.id, noon);
    EXPECT_EQ(ahead.size(), 1U);
    co_await tx.commit();
}

TEST(Calendar, OneUseAtATime_F14) {
    const test::TestDatabase database;
    database.run(one_use_at_a_time);
}

Task<void> plates_are_unique(pg::Db& db) {
    co_await db.connect();
    pg::Tx tx = co_await db.begin();
    const Vehicle first = car("1234AB01");
    const Vehicle same_plate = car("1234AB01");
    EXPECT_TRUE(co_await save_new_vehicle(tx, first, owner));
    EXPECT_FALSE(co_await save_new_vehicle(tx, same_plate, AccountId::make()));
    EXPECT_EQ(co_await find_taken_field(tx, same_plate), "plate_number");
    EXPECT_TRUE((co_await find_vehicle(tx, first.id, owner))->is_default);
    Vehicle second = car("5678CD01");
    EXPECT_TRUE(co_await save_new_vehicle(tx, second, owner));
    EXPECT_FALSE((co_await find_vehicle(tx, second.id, owner))->is_default);
    second.plate_key = "1234AB01";
    EXPECT_FALSE(co_await save_vehicle(tx, second, owner));
    save_archived(tx, first.id, noon);
    EXPECT_TRUE(co_await save_vehicle(tx, second, owner));
    EXPECT_FALSE((co_await find_vehicle(tx, first.id, owner)).has_value());
}

TEST(Vehicles, OnePlateOneVehicle_S1_033) {
    const test::TestDatabase database;
    database.run(plates_are_unique);
}

}  // namespace
}  // namespace taama::vehicles
