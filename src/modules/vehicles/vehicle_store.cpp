#include "modules/vehicles/vehicle_store.hpp"

#include "platform/events/events.hpp"

namespace taama::vehicles {

PG_STATEMENT constexpr pg::Sql find_vehicles_sql{"vehicles.find_vehicles", R"sql(
    select id, kind, plate_country, plate_number, plate_key, vin, make, model, color, seats_total,
           comfort_level, year, photo_file_id, insurance_until, inspection_until, is_default,
           verified, created_at, updated_at
      from vehicles.vehicles
     where owner_user_id = $1 and archived_at is null
     order by case when $2 then created_at end desc, case when not $2 then created_at end, id
     limit $3 offset $4)sql"};

Task<std::vector<Vehicle>> find_vehicles(pg::Tx& tx, const VehiclePage& page) {
    const pg::Rows rows = co_await tx.query(find_vehicles_sql, page.owner, page.newest_first,
                                            page.limit, page.offset);
    co_return rows.all<Vehicle>();
}

PG_STATEMENT constexpr pg::Sql count_vehicles_sql{"vehicles.count_vehicles", R"sql(
    select count(*) from vehicles.vehicles where owner_user_id = $1 and archived_at is null)sql"};

Task<std::int64_t> count_vehicles(pg::Tx& tx, AccountId owner) {
    const pg::Rows rows = co_await tx.query(count_vehicles_sql, owner);
    co_return rows.one<std::int64_t>();
}

PG_STATEMENT constexpr pg::Sql find_vehicle_sql{"vehicles.find_vehicle", R"sql(
    select id, kind, plate_country, plate_number, plate_key, vin, make, model, color, seats_total,
           comfort_level, year, photo_file_id, insurance_until, inspection_until, is_default,
           verified, created_at, updated_at
      from vehicles.vehicles
     where id = $1 and owner_user_id = $2 and archived_at is null)sql"};

Task<std::optional<Vehicle>> find_vehicle(pg::Tx& tx, VehicleId id, AccountId owner) {
    const pg::Rows rows = co_await tx.query(find_vehicle_sql, id, owner);
    co_return rows.at_most_one<Vehicle>();
}

PG_STATEMENT constexpr pg::Sql lock_vehicle_sql{"vehicles.lock_vehicle", R"sql(
    select id, kind, plate_country, plate_number, plate_key, vin, make, model, color, seats_total,
           comfort_level, year, photo_file_id, insurance_until, inspection_until, is_default,
           verified, created_at, updated_at
      from vehicles.vehicles
     where id = $1 and owner_user_id = $2 and archived_at is null
       for update)sql"};

Task<std::optional<Vehicle>> lock_vehicle(pg::Tx& tx, VehicleId id, AccountId owner) {
    const pg::Rows rows = co_await tx.query(lock_vehicle_sql, id, owner);
    co_return rows.at_most_one<Vehicle>();
}

// The first vehicle of a person is his default.
PG_STATEMENT constexpr pg::Sql save_new_vehicle_sql{"vehicles.save_new_vehicle", R"sql(
    insert into vehicles.vehicles
           (id, owner_kind, owner_user_id, kind, plate_country, plate_number, plate_key, vin, make,
            model, color, seats_total, comfort_level, year, photo_file_id, insurance_until,
            inspection_until, is_default, created_at, updated_at)
    select $1, 'user', $2::uuid, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16,
           $17 or not exists (select 1 from vehicles.vehicles
                               where owner_user_id = $2 and is_default),
           $18, $18
    on conflict do nothing)sql"};

Task<bool> save_new_vehicle(pg::Tx& tx, const Vehicle& vehicle, AccountId owner) {
    const pg::Rows rows = co_await tx.query(
        save_new_vehicle_sql, vehicle.id, owner, vehicle.kind, vehicle.plate_country,
        vehicle.plate_number, vehicle.plate_key, vehicle.vin, vehicle.make, vehicle.model,
        vehicle.color, vehicle.seats_total, vehicle.comfort_level, vehicle.year,
        vehicle.photo_file_id, vehicle.insurance_until, vehicle.inspection_until,
        vehicle.is_default, vehicle.created_at);
    co_return rows.affected() == 1;
}

PG_STATEMENT constexpr pg::Sql save_vehicle_sql{"vehicles.save_vehicle", R"sql(
    update vehicles.vehicles
       set kind = $3, plate_country = $4, plate_number = $5, plate_key = $6, vin = $7, make = $8,
           model = $9, color = $10, seats_total = $11, comfort_level = $12, year = $13,
           photo_file_id = $14, insurance_until = $15, inspection_until = $16, is_default = $17,
           verified = $18, updated_at = $19
     where id = $1 and owner_user_id = $2
       and not exists (select 1 from vehicles.vehicles o
                        where o.id <> $1 and o.archived_at is null
                          and (o.plate_country = $4 and o.plate_key = $6 or o.vin = $7)))sql"};

Task<bool> save_vehicle(pg::Tx& tx, const Vehicle& vehicle, AccountId owner) {
    const pg::Rows rows = co_await tx.query(
        save_vehicle_sql, vehicle.id, owner, vehicle.kind, vehicle.plate_country,
        vehicle.plate_number, vehicle.plate_key, vehicle.vin, vehicle.make, vehicle.model,
        vehicle.color, vehicle.seats_total, vehicle.comfort_level, vehicle.year,
        vehicle.photo_file_id, vehicle.insurance_until, vehicle.inspection_until,
        vehicle.is_default, vehicle.verified, vehicle.updated_at);
    co_return rows.affected() == 1;
}

PG_STATEMENT constexpr pg::Sql find_taken_field_sql{"vehicles.find_taken_field", R"sql(
    select case when exists (select 1 from vehicles.vehicles
                              where plate_country = $2 and plate_key = $3 and id <> $1
                                and archived_at is null)
                then 'plate_number' else 'vin' end)sql"};

Task<std::string> find_taken_field(pg::Tx& tx, const Vehicle& vehicle) {
    const pg::Rows rows = co_await tx.query(find_taken_field_sql, vehicle.id, vehicle.plate_country,
                                            vehicle.plate_key);
    co_return rows.one<std::string>();
}

PG_STATEMENT constexpr pg::Sql save_default_cleared_sql{"vehicles.save_default_cleared", R"sql(
    update vehicles.vehicles set is_default = false
     where owner_user_id = $1 and is_default and id <> $2)sql"};

void save_default_cleared(pg::Tx& tx, AccountId owner, VehicleId but) {
    tx.enqueue(save_default_cleared_sql, owner, but);
}

PG_STATEMENT constexpr pg::Sql save_default_chosen_sql{"vehicles.save_default_chosen", R"sql(
    update vehicles.vehicles set is_default = true
     where id = (select id from vehicles.vehicles
                  where owner_user_id = $1 and archived_at is null
                  order by created_at, id limit 1)
       and not exists (select 1 from vehicles.vehicles where owner_user_id = $1 and is_default))sql"};

void save_default_chosen(pg::Tx& tx, AccountId owner) {
    tx.enqueue(save_default_chosen_sql, owner);
}

PG_STATEMENT constexpr pg::Sql save_archived_sql{"vehicles.save_archived", R"sql(
    update vehicles.vehicles set archived_at = $2, updated_at = $2, is_default = false
     where id = $1)sql"};

void save_archived(pg::Tx& tx, VehicleId id, UtcTime now) {
    tx.enqueue_one(save_archived_sql, id, now);
}

void tell_changed(pg::Tx& tx, const Vehicle& vehicle, AccountId owner, std::string_view change) {
    events::emit(tx, "vehicle.changed",
                 {{"vehicle_id", vehicle.id.to_string()},
                  {"owner_user_id", owner.to_string()},
                  {"change", change}},
                 vehicle.updated_at);
}

PG_STATEMENT constexpr pg::Sql find_own_vehicle_sql{"vehicles.find_own_vehicle", R"sql(
    select id, seats_total, comfort_level, verified
      from vehicles.vehicles
     where owner_user_id = $1 and archived_at is null
       and case when $2::uuid is null then is_default else id = $2 end)sql"};

Task<std::optional<VehicleFacts>> find_own_vehicle(pg::Tx& tx, AccountId owner,
                                                   std::optional<VehicleId> id) {
    const pg::Rows rows = co_await tx.query(find_own_vehicle_sql, owner, id);
    co_return rows.at_most_one<VehicleFacts>();
}

}  // namespace taama::vehicles
