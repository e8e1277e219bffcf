#pragma once

#include <vector>

#include "modules/vehicles/vehicle.hpp"

namespace taama::vehicles {

struct VehiclePage {
    AccountId owner;
    bool newest_first = false;
    std::int64_t limit = 20;
    std::int64_t offset = 0;
};
Task<std::vector<Vehicle>> find_vehicles(pg::Tx& tx, const VehiclePage& page);
Task<std::int64_t> count_vehicles(pg::Tx& tx, AccountId owner);
Task<std::optional<Vehicle>> find_vehicle(pg::Tx& tx, VehicleId id, AccountId owner);
Task<std::optional<Vehicle>> lock_vehicle(pg::Tx& tx, VehicleId id, AccountId owner);

// False when the plate or the VIN belongs to another vehicle already.
Task<bool> save_new_vehicle(pg::Tx& tx, const Vehicle& vehicle, AccountId owner);
Task<bool> save_vehicle(pg::Tx& tx, const Vehicle& vehicle, AccountId owner);
// Which of the two is taken by another vehicle that is not archived: "plate_number" or "vin".
Task<std::string> find_taken_field(pg::Tx& tx, const Vehicle& vehicle);
void save_default_cleared(pg::Tx& tx, AccountId owner, VehicleId but);
// The oldest of a person's vehicles becomes his default when he has none.
void save_default_chosen(pg::Tx& tx, AccountId owner);
void save_archived(pg::Tx& tx, VehicleId id, UtcTime now);

// `change`: "created", "edited", "archived", "given".
void tell_changed(pg::Tx& tx, const Vehicle& vehicle, AccountId owner, std::string_view change);

}  // namespace taama::vehicles
