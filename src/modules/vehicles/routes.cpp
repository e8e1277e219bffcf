// The operations on a person's own vehicles.

#include "platform/http/routes.hpp"
#include "modules/identity/identity.hpp"
#include "modules/settings/operator_settings.hpp"
#include "modules/vehicles/calendar.hpp"
#include "modules/vehicles/errors.hpp"
#include "modules/vehicles/review_vehicles.hpp"
#include "modules/vehicles/vehicle_store.hpp"
#include "platform/http/field_problem.hpp"
#include "platform/text/plate.hpp"

namespace taama::vehicles {

namespace {

constexpr auto calendar_span_max = std::chrono::days{92};
constexpr auto maintenance_max = std::chrono::days{365};
constexpr std::string_view photo_holder = "vehicle";

std::string location_of(VehicleId id) { return "/vehicles/" + id.to_string(); }

void check_year(const std::optional<std::int32_t>& year, const http::Context& context) {
    const auto this_year =
        static_cast<int>(Date{std::chrono::floor<std::chrono::days>(context.now)}.year());
    if (year && *year > this_year + 1)
        throw http::field_problem(
            "year", {"ne peut pas dépasser l'année prochaine", "must not be after next year"},
            context.language);
}

struct PhotoChange {
    VehicleId vehicle;
    AccountId owner;
    std::optional<FileId> before;
    std::optional<FileId> after;
};
Task<void> change_photo(pg::Tx& tx, const http::Context& context, const PhotoChange& change) {
    if (change.before == change.after) co_return;
    const files::Holder holder{photo_holder, change.vehicle.uuid};
    if (change.after) {
        const auto attaching =
            co_await files::attach(tx, *change.after, files::Owner::user(change.owner),
                                   files::Purpose::vehicle_photo, holder, context.now);
        if (attaching != files::Attaching::attached)
            throw http::field_problem("photo_file_id",
                                      {"fichier inconnu ou pas prêt", "unknown file, or not ready"},
                                      context.language);
    }
    if (change.before) files::detach(tx, *change.before, holder, context.now);
}

Task<void> refuse_taken(pg::Tx& tx, const Vehicle& vehicle) {
    throw Refusal{errors::already_exists, {{"field", co_await find_taken_field(tx, vehicle)}}};
}

struct VehicleQuery {
    std::optional<json::Sort<"created_at">> sort;
};
BOOST_DESCRIBE_STRUCT(VehicleQuery, (), (sort))

Task<http::List<VehicleView>> list_vehicles(const Deps& deps, pg::Tx& tx, http::User user,
                                            http::Query<VehicleQuery> query, http::Paging paging) {
    const bool newest_first =
        query->sort && !query->sort->by.empty() && query->sort->by[0].descending;
    const auto vehicles = co_await find_vehicles(
        tx, VehiclePage{user.id, newest_first, paging.page_size, paging.offset()});
    http::List<VehicleView> list;
    for (const Vehicle& vehicle : vehicles) list.items.push_back(to_view(vehicle, deps.file_urls));
    list.pagination = paging.of(co_await count_vehicles(tx, user.id));
    co_return list;
}

Task<http::Created<VehicleView>> create_vehicle(const Deps& deps, pg::Tx& tx,
                                                http::Context& context, http::User user,
                                                http::Body<NewVehicle> body) {
    const NewVehicle& wanted = *body;
    Vehicle vehicle;
    vehicle.id = VehicleId::make();
    vehicle.kind = wanted.kind.value_or(VehicleKind::car);
    vehicle.plate_country = wanted.plate_country ? wanted.plate_country->value
                                                 : deps.settings.get(settings::operator_country);
    vehicle.plate_number = wanted.plate_number.value;
    vehicle.plate_key = text::plate_key(vehicle.plate_number).value();
    if (wanted.vin) vehicle.vin = normal_vin(wanted.vin->value);
    vehicle.make = wanted.make.value;
    vehicle.model = wanted.model.value;
    vehicle.color = wanted.color.value;
    vehicle.seats_total = static_cast<std::int32_t>(wanted.seats_total.value);
    vehicle.comfort_level = wanted.comfort_level.value_or(ComfortLevel::standard);
    if (wanted.year) vehicle.year = static_cast<std::int32_t>(wanted.year->value);
    vehicle.photo_file_id = wanted.photo_file_id;
    vehicle.insurance_until = wanted.insurance_until;
    vehicle.inspection_until = wanted.inspection_until;
    vehicle.is_default = wanted.is_default.value_or(false);
    vehicle.created_at = vehicle.updated_at = context.now;
    check_year(vehicle.year, context);

    co_await identity::require_tier(tx, user.id, 1);
    if (vehicle.is_default) save_default_cleared(tx, user.id, vehicle.id);
    if (!co_await save_new_vehicle(tx, vehicle, user.id)) co_await refuse_taken(tx, vehicle);
    co_await change_photo(tx, context, {vehicle.id, user.id, {}, vehicle.photo_file_id});
    tell_changed(tx, vehicle, user.id, "created");
    const auto saved = co_await find_vehicle(tx, vehicle.id, user.id);
    co_return http::Created<VehicleView>{to_view(saved.value(), deps.file_urls),
                                         location_of(vehicle.id)};
}

Task<http::Ok<VehicleView>> show_vehicle(const Deps& deps, pg::Tx& tx, http::User user,
                                         http::Path<VehicleId> id) {
    const Vehicle vehicle = or_throw(co_await find_vehicle(tx, *id, user.id), errors::not_found);
    co_return http::Ok<VehicleView>{to_view(vehicle, deps.file_urls)};
}

void apply(const VehicleChanges& changes, Vehicle& vehicle) {
    if (changes.make) vehicle.make = changes.make->value;
    if (changes.model) vehicle.model = changes.model->value;
    if (changes.color) vehicle.color = changes.color->value;
    if (changes.plate_country) vehicle.plate_country = changes.plate_country->value;
    if (changes.plate_number) {
        vehicle.plate_number = changes.plate_number->value;
        vehicle.plate_key = text::plate_key(vehicle.plate_number).value();
    }
    if (changes.seats_total)
        vehicle.seats_total = static_cast<std::int32_t>(changes.seats_total->value);
    if (changes.comfort_level) vehicle.comfort_level = *changes.comfort_level;
    if (changes.kind) vehicle.kind = *changes.kind;
    if (changes.year.given)
        vehicle.year = changes.year.value
                           ? std::optional{static_cast<std::int32_t>(changes.year.value->value)}
                           : std::nullopt;
    if (changes.vin.given)
        vehicle.vin = changes.vin.value ? normal_vin(changes.vin.value->value) : std::nullopt;
    if (changes.insurance_until.given) vehicle.insurance_until = changes.insurance_until.value;
    if (changes.inspection_until.given) vehicle.inspection_until = changes.inspection_until.value;
    if (changes.photo_file_id.given) vehicle.photo_file_id = changes.photo_file_id.value;
    // A person with vehicles always has a default: it moves by choosing another.
    if (changes.is_default.value_or(false)) vehicle.is_default = true;
}

Task<http::Ok<VehicleView>> edit_vehicle(const Deps& deps, pg::Tx& tx, http::Context& context,
                                         http::User user, http::Path<VehicleId> id,
                                         http::IfMatch if_match, http::Body<VehicleChanges> body) {
    const Vehicle before = or_throw(co_await lock_vehicle(tx, *id, user.id), errors::not_found);
    if_match.check(to_view(before, deps.file_urls));
    Vehicle vehicle = before;
    apply(*body, vehicle);
    vehicle.updated_at = context.now;
    vehicle.verified = before.verified && !loses_verification(before, vehicle);
    check_year(vehicle.year, context);

    const bool new_plate =
        before.plate_key != vehicle.plate_key || before.plate_country != vehicle.plate_country;
    const bool fewer_seats =
        vehicle.seats_total < co_await find_seats_needed_ahead(tx, *id, context.now);
    if (new_plate || fewer_seats) {
        const auto ahead = co_await find_entries_ahead(tx, *id, context.now);
        if (!ahead.empty()) throw in_use(ahead);
    }
    if (vehicle.is_default) save_default_cleared(tx, user.id, vehicle.id);
    if (!co_await save_vehicle(tx, vehicle, user.id)) co_await refuse_taken(tx, vehicle);
    co_await change_photo(tx, context,
                          {vehicle.id, user.id, before.photo_file_id, vehicle.photo_file_id});
    tell_changed(tx, vehicle, user.id, "edited");
    co_return http::Ok<VehicleView>{to_view(vehicle, deps.file_urls)};
}

Task<http::NoContent> delete_vehicle(const Deps&, pg::Tx& tx, http::Context& context,
                                     http::User user, http::Path<VehicleId> id) {
    Vehicle vehicle = or_throw(co_await lock_vehicle(tx, *id, user.id), errors::not_found);
    const auto ahead = co_await find_entries_ahead(tx, *id, context.now);
    if (!ahead.empty()) throw in_use(ahead);
    vehicle.updated_at = context.now;
    save_archived(tx, *id, context.now);
    if (vehicle.is_default) save_default_chosen(tx, user.id);
    tell_changed(tx, vehicle, user.id, "archived");
    co_return http::NoContent{};
}

struct CalendarQuery {
    std::optional<UtcTime> from;
    std::optional<UtcTime> to;

    void check(json::Reader& reader) const {
        if (from && to && (*to <= *from || *to - *from > calendar_span_max))
            reader.problem_at("to", {"doit suivre from de 92 jours au plus",
                                     "must be after from, by 92 days at most"});
    }
};
BOOST_DESCRIBE_STRUCT(CalendarQuery, (), (from, to))

Task<http::List<CalendarEntry>> show_calendar(const Deps&, pg::Tx& tx, http::Context& context,
                                              http::User user, http::Path<VehicleId> id,
                                              http::Query<CalendarQuery> query) {
    or_throw(co_await find_vehicle(tx, *id, user.id), errors::not_found);
    const UtcTime from = query->from
                             ? *query->from
                             : (query->to ? UtcTime{*query->to - calendar_span_max} : context.now);
    const UtcTime until = query->to ? *query->to : UtcTime{from + calendar_span_max};
    http::List<CalendarEntry> list;
    list.items = co_await find_calendar(tx, *id, {from, until});
    co_return list;
}

struct NewMaintenance {
    UtcTime from;
    UtcTime to;
    std::optional<json::Text<1, 300>> note;

    void check(json::Reader& reader) const {
        if (to <= from || to - from > maintenance_max)
            reader.problem_at("to", {"doit suivre from de 365 jours au plus",
                                     "must be after from, by 365 days at most"});
    }
};
BOOST_DESCRIBE_STRUCT(NewMaintenance, (), (from, to, note))

Task<http::Created<CalendarEntry>> create_maintenance(const Deps&, pg::Tx& tx,
                                                      http::Context& context, http::User user,
                                                      http::Path<VehicleId> id,
                                                      http::Body<NewMaintenance> body) {
    or_throw(co_await lock_vehicle(tx, *id, user.id), errors::not_found);
    const auto note = body->note ? std::optional{body->note->value} : std::nullopt;
    const Maintenance maintenance{EntryId::make(), *id, user.id, {body->from, body->to}, note};
    co_await add_maintenance(tx, maintenance, context.now);
    co_return http::Created<CalendarEntry>{
        CalendarEntry{maintenance.id, UseKind::maintenance, body->from, body->to,
                      maintenance.id.uuid, note},
        location_of(*id) + "/maintenance/" + maintenance.id.to_string()};
}

Task<http::NoContent> delete_maintenance(const Deps&, pg::Tx& tx, http::User user,
                                         http::Path<VehicleId> id, http::Path<EntryId> entry) {
    or_throw(co_await find_vehicle(tx, *id, user.id), errors::not_found);
    if (!co_await remove_maintenance(tx, *id, *entry)) throw Refusal{errors::not_found};
    co_return http::NoContent{};
}

}  // namespace

void register_routes(http::Operations& operations, const Deps& deps) {
    http::Routes<Deps> routes{operations, "vehicles", deps};
    routes.get("/vehicles", list_vehicles).summary("My vehicles");
    routes.post("/vehicles", create_vehicle).summary("Register a vehicle");
    routes.get("/vehicles/{id}", show_vehicle).summary("One of my vehicles");
    routes.patch("/vehicles/{id}", edit_vehicle).summary("Change a vehicle");
    routes.put("/vehicles/{id}", edit_vehicle).summary("Change a vehicle");
    routes.del("/vehicles/{id}", delete_vehicle).summary("Archive a vehicle");
    routes.get("/vehicles/{id}/calendar", show_calendar).summary("When a vehicle is taken");
    routes.post("/vehicles/{id}/maintenance", create_maintenance)
        .summary("Keep a vehicle free for maintenance");
    routes.del("/vehicles/{id}/maintenance/{entry_id}", delete_maintenance)
        .summary("Remove a maintenance");
    routes.get("/admin/vehicles", list_all_vehicles).summary("All vehicles");
    routes.get("/admin/vehicles/{id}", show_any_vehicle).summary("A vehicle with its uses");
    routes.patch("/admin/vehicles/{id}", review_vehicle)
        .summary("Verify a vehicle, or give it to its owner");
}

}  // namespace taama::vehicles
