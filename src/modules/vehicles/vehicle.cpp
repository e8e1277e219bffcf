#include "modules/vehicles/vehicle.hpp"

#include "platform/text/plate.hpp"

namespace taama::vehicles {

namespace {

constexpr std::size_t vin_length = 17;

void check_plate(json::Reader& reader, std::string_view plate) {
    if (!plate.empty() && !text::plate_key(plate))
        reader.problem_at("plate_number",
                          {"doit avoir de 4 à 12 lettres et chiffres, dont un chiffre",
                           "must have 4 to 12 letters and digits, one digit at least"});
}

void check_vin(json::Reader& reader, std::string_view vin) {
    if (!vin.empty() && !normal_vin(vin))
        reader.problem_at(
            "vin", {"doit être un numéro de 17 caractères", "must be a number of 17 characters"});
}

void check_country(json::Reader& reader, const std::optional<Country>& country) {
    if (!country) return;
    for (const char c : country->value)
        if (c < 'A' || c > 'Z') {
            reader.problem_at("plate_country",
                              {"doit être un code de pays", "must be a country code"});
            return;
        }
}

}  // namespace

void NewVehicle::check(json::Reader& reader) const {
    check_plate(reader, plate_number.value);
    check_country(reader, plate_country);
    if (vin) check_vin(reader, vin->value);
}

void VehicleChanges::check(json::Reader& reader) const {
    if (plate_number) check_plate(reader, plate_number->value);
    check_country(reader, plate_country);
    if (vin.sets()) check_vin(reader, vin.value->value);
}

std::optional<std::string> normal_vin(std::string_view typed) {
    std::string vin;
    for (const char c : typed) {
        const char letter = c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
        const bool is_digit = letter >= '0' && letter <= '9';
        const bool is_letter = letter >= 'A' && letter <= 'Z';
        if (!is_digit && !is_letter) return std::nullopt;
        // They look like 1 and 0, and no number has them.
        if (letter == 'I' || letter == 'O' || letter == 'Q') return std::nullopt;
        vin += letter;
    }
    if (vin.size() != vin_length) return std::nullopt;
    return vin;
}

bool loses_verification(const Vehicle& before, const Vehicle& after) {
    return before.plate_key != after.plate_key || before.plate_country != after.plate_country ||
           before.vin != after.vin || before.make != after.make ||
           before.seats_total != after.seats_total;
}

VehicleView to_view(const Vehicle& vehicle, const files::Urls& urls) {
    return {
        .id = vehicle.id,
        .kind = vehicle.kind,
        .plate_country = vehicle.plate_country,
        .plate_number = vehicle.plate_number,
        .make = vehicle.make,
        .model = vehicle.model,
        .color = vehicle.color,
        .seats_total = vehicle.seats_total,
        .comfort_level = vehicle.comfort_level,
        .year = vehicle.year,
        .vin = vehicle.vin,
        .photo_url = vehicle.photo_file_id
                         ? std::optional{urls.media(*vehicle.photo_file_id, "medium")}
                         : std::nullopt,
        .insurance_until = vehicle.insurance_until,
        .inspection_until = vehicle.inspection_until,
        .is_default = vehicle.is_default,
        .verified = vehicle.verified,
        .created_at = vehicle.created_at,
        .updated_at = vehicle.updated_at,
    };
}

}  // namespace taama::vehicles
