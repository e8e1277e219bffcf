#pragma once

// A vehicle of the registry, as stored and as its owner sees it.

#include "modules/vehicles/vehicles.hpp"
#include "platform/json/fields.hpp"

namespace taama::vehicles {

struct Vehicle {
    VehicleId id;
    VehicleKind kind = VehicleKind::car;
    std::string plate_country;
    std::string plate_number;
    std::string plate_key;
    std::optional<std::string> vin;
    std::string make;
    std::string model;
    std::optional<std::string> color;
    std::int32_t seats_total = 2;
    ComfortLevel comfort_level = ComfortLevel::standard;
    std::optional<std::int32_t> year;
    std::optional<FileId> photo_file_id;
    std::optional<Date> insurance_until;
    std::optional<Date> inspection_until;
    bool is_default = false;
    bool verified = false;
    UtcTime created_at;
    UtcTime updated_at;
};
BOOST_DESCRIBE_STRUCT(Vehicle, (),
                      (id, kind, plate_country, plate_number, plate_key, vin, make, model, color,
                       seats_total, comfort_level, year, photo_file_id, insurance_until,
                       inspection_until, is_default, verified, created_at, updated_at))

struct VehicleView {
    VehicleId id;
    std::string owner_kind = "user";
    VehicleKind kind;
    std::string plate_country;
    std::string plate_number;
    std::string make;
    std::string model;
    std::optional<std::string> color;
    std::int32_t seats_total;
    ComfortLevel comfort_level;
    std::optional<std::int32_t> year;
    std::optional<std::string> vin;
    std::optional<std::string> photo_url;
    std::optional<Date> insurance_until;
    std::optional<Date> inspection_until;
    bool is_default;
    bool verified;
    UtcTime created_at;
    UtcTime updated_at;
};
BOOST_DESCRIBE_STRUCT(VehicleView, (),
                      (id, owner_kind, kind, plate_country, plate_number, make, model, color,
                       seats_total, comfort_level, year, vin, photo_url, insurance_until,
                       inspection_until, is_default, verified, created_at, updated_at))
VehicleView to_view(const Vehicle& vehicle, const files::Urls& urls);

using Country = json::Text<2, 2>;

struct NewVehicle {
    json::Text<1, 40> make;
    json::Text<1, 40> model;
    json::Text<1, 40> color;
    json::Text<1, 20> plate_number;
    json::Int<2, 61> seats_total;
    std::optional<Country> plate_country;
    std::optional<ComfortLevel> comfort_level;
    std::optional<VehicleKind> kind;
    std::optional<json::Int<1950, 2100>> year;
    std::optional<json::Text<1, 30>> vin;
    std::optional<Date> insurance_until;
    std::optional<Date> inspection_until;
    std::optional<FileId> photo_file_id;
    std::optional<bool> is_default;

    void check(json::Reader& reader) const;
};
BOOST_DESCRIBE_STRUCT(NewVehicle, (),
                      (make, model, color, plate_number, seats_total, plate_country, comfort_level,
                       kind, year, vin, insurance_until, inspection_until, photo_file_id,
                       is_default))

struct VehicleChanges {
    std::optional<json::Text<1, 40>> make;
    std::optional<json::Text<1, 40>> model;
    std::optional<json::Text<1, 40>> color;
    std::optional<json::Text<1, 20>> plate_number;
    std::optional<json::Int<2, 61>> seats_total;
    std::optional<Country> plate_country;
    std::optional<ComfortLevel> comfort_level;
    std::optional<VehicleKind> kind;
    json::Patch<json::Int<1950, 2100>> year;
    json::Patch<json::Text<1, 30>> vin;
    json::Patch<Date> insurance_until;
    json::Patch<Date> inspection_until;
    json::Patch<FileId> photo_file_id;
    std::optional<bool> is_default;

    void check(json::Reader& reader) const;
};
BOOST_DESCRIBE_STRUCT(VehicleChanges, (),
                      (make, model, color, plate_number, seats_total, plate_country, comfort_level,
                       kind, year, vin, insurance_until, inspection_until, photo_file_id,
                       is_default))

// A vehicle identification number in upper case: 17 letters and digits, no I, O, Q.
std::optional<std::string> normal_vin(std::string_view typed);

// Plate, VIN, make or seats of a verified vehicle are what was verified.
bool loses_verification(const Vehicle& before, const Vehicle& after);

}  // namespace taama::vehicles
