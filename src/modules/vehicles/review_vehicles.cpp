#include "modules/vehicles/review_vehicles.hpp"

#include "modules/audit/audit.hpp"
#include "modules/identity/identity.hpp"
#include "modules/vehicles/errors.hpp"
#include "modules/vehicles/vehicle_store.hpp"
#include "platform/http/field_problem.hpp"

namespace taama::vehicles {

namespace {

constexpr auto calendar_shown = std::chrono::days{92};

struct ReviewedVehicle : Vehicle {
    std::optional<AccountId> owner_user_id;
    std::optional<StaffId> verified_by;
    std::optional<UtcTime> verified_at;
    std::optional<UtcTime> archived_at;
    std::int64_t total = 1;  // of the list
};
BOOST_DESCRIBE_STRUCT(ReviewedVehicle, (Vehicle),
                      (owner_user_id, verified_by, verified_at, archived_at, total))

PG_STATEMENT constexpr pg::Sql find_all_sql{"vehicles.find_all", R"sql(
    select id, kind, plate_country, plate_number, plate_key, vin, make, model, color, seats_total,
           comfort_level, year, photo_file_id, insurance_until, inspection_until, is_default,
           verified, created_at, updated_at, owner_user_id, verified_by, verified_at, archived_at,
           count(*) over () as total
      from vehicles.vehicles
     where ($1::boolean is null or verified = $1) and ($2::uuid is null or owner_user_id = $2)
     order by case when $3 then created_at end, case when not $3 then created_at end desc, id
     limit $4 offset $5)sql"};

PG_STATEMENT constexpr pg::Sql find_any_sql{"vehicles.find_any", R"sql(
    select id, kind, plate_country, plate_number, plate_key, vin, make, model, color, seats_total,
           comfort_level, year, photo_file_id, insurance_until, inspection_until, is_default,
           verified, created_at, updated_at, owner_user_id, verified_by, verified_at, archived_at,
           1::bigint as total
      from vehicles.vehicles
     where id = $1)sql"};

Task<ReviewedVehicle> find_any(pg::Tx& tx, VehicleId id) {
    const pg::Rows rows = co_await tx.query(find_any_sql, id);
    co_return or_throw(rows.at_most_one<ReviewedVehicle>(), errors::not_found);
}

PG_STATEMENT constexpr pg::Sql lock_any_sql{"vehicles.lock_any", R"sql(
    select id from vehicles.vehicles where id = $1 for no key update)sql"};

Task<ReviewedVehicle> lock_any(pg::Tx& tx, VehicleId id) {
    tx.enqueue(lock_any_sql, id);
    co_return co_await find_any(tx, id);
}

PG_STATEMENT constexpr pg::Sql save_review_sql{"vehicles.save_review", R"sql(
    update vehicles.vehicles
       set verified = $2, verified_by = $3, verified_at = $4, owner_user_id = $5, is_default = $6,
           updated_at = $7
     where id = $1)sql"};

void save_review(pg::Tx& tx, const ReviewedVehicle& vehicle) {
    tx.enqueue_one(save_review_sql, vehicle.id, vehicle.verified, vehicle.verified_by,
                   vehicle.verified_at, vehicle.owner_user_id, vehicle.is_default,
                   vehicle.updated_at);
}

PG_STATEMENT constexpr pg::Sql find_uses_sql{"vehicles.find_uses", R"sql(
    select id, kind, lower(period) as "from", upper(period) as "to", ref_id, note
      from vehicles.calendar
     where vehicle_id = $1
     order by lower(period) desc)sql"};

ReviewedVehicleView to_view(const ReviewedVehicle& vehicle, const Deps& deps) {
    return {to_view(vehicle, deps.file_urls), vehicle.owner_user_id, vehicle.verified_by,
            vehicle.verified_at, vehicle.archived_at};
}

Task<ReviewedVehicleDetail> to_detail(const Deps& deps, pg::Tx& tx, const ReviewedVehicle& vehicle,
                                      UtcTime now) {
    const pg::Rows uses = co_await tx.query(find_uses_sql, vehicle.id);
    co_return ReviewedVehicleDetail{
        to_view(vehicle, deps), co_await find_calendar(tx, vehicle.id, {now, now + calendar_shown}),
        uses.all<CalendarEntry>()};
}

// Trips that the one had announced cannot be driven with the other's vehicle.
Task<void> give_to(pg::Tx& tx, const http::Context& context, ReviewedVehicle& vehicle,
                   AccountId owner) {
    if (!co_await identity::find_account_facts(tx, owner))
        throw http::field_problem("owner_user_id", {"personne inconnue", "unknown person"},
                                  context.language);
    const auto ahead = co_await find_entries_ahead(tx, vehicle.id, context.now);
    if (!ahead.empty()) throw in_use(ahead);
    vehicle.owner_user_id = owner;
    vehicle.is_default = false;
}

boost::json::object audited(const ReviewedVehicle& vehicle) {
    boost::json::object facts{{"verified", vehicle.verified}};
    if (vehicle.owner_user_id) facts["owner_user_id"] = vehicle.owner_user_id->to_string();
    return facts;
}

}  // namespace

Task<http::List<ReviewedVehicleView>> list_all_vehicles(const Deps& deps, pg::Tx& tx, http::Staff,
                                                        http::Query<ReviewQuery> query,
                                                        http::Paging paging) {
    const bool oldest_first =
        query->sort && !query->sort->by.empty() && !query->sort->by[0].descending;
    const pg::Rows rows = co_await tx.query(find_all_sql, query->verified, query->owner_user_id,
                                            oldest_first, paging.page_size, paging.offset());
    http::List<ReviewedVehicleView> list;
    std::int64_t total = 0;
    for (const ReviewedVehicle& vehicle : rows.all<ReviewedVehicle>()) {
        list.items.push_back(to_view(vehicle, deps));
        total = vehicle.total;
    }
    list.pagination = paging.of(total);
    co_return list;
}

Task<http::Ok<ReviewedVehicleDetail>> show_any_vehicle(const Deps& deps, pg::Tx& tx,
                                                       http::Context& context, http::Staff,
                                                       http::Path<VehicleId> id) {
    const ReviewedVehicle vehicle = co_await find_any(tx, *id);
    co_return http::Ok<ReviewedVehicleDetail>{co_await to_detail(deps, tx, vehicle, context.now)};
}

Task<http::Ok<ReviewedVehicleDetail>> review_vehicle(const Deps& deps, pg::Tx& tx,
                                                     http::Context& context, http::Staff staff,
                                                     http::Path<VehicleId> id,
                                                     http::IfMatch if_match,
                                                     http::Body<Review> body) {
    const UtcTime now = context.now;
    const ReviewedVehicle before = co_await lock_any(tx, *id);
    if_match.check(co_await to_detail(deps, tx, before, now));
    if (before.archived_at) throw Refusal{errors::invalid_state, {{"state", "archived"}}};

    ReviewedVehicle vehicle = before;
    vehicle.updated_at = now;
    if (body->verified && *body->verified != before.verified) {
        vehicle.verified = *body->verified;
        vehicle.verified_by = vehicle.verified ? std::optional{staff.id} : std::nullopt;
        vehicle.verified_at = vehicle.verified ? std::optional{now} : std::nullopt;
    }
    const bool is_given = body->owner_user_id && body->owner_user_id != before.owner_user_id;
    if (is_given) co_await give_to(tx, context, vehicle, *body->owner_user_id);
    save_review(tx, vehicle);
    if (is_given) {
        if (before.owner_user_id) save_default_chosen(tx, *before.owner_user_id);
        save_default_chosen(tx, *vehicle.owner_user_id);
    }
    if (vehicle.owner_user_id)
        tell_changed(tx, vehicle, *vehicle.owner_user_id, is_given ? "given" : "edited");
    audit::record(tx,
                  {.actor = audit::Actor::staff(staff.id),
                   .action = "UPDATE_VEHICLE",
                   .entity = "Vehicle",
                   .entity_id = (*id).uuid,
                   .before = audited(before),
                   .after = audited(vehicle),
                   .meta = audit::meta_of(context, body->note ? body->note->value : "")},
                  now);
    co_return http::Ok<ReviewedVehicleDetail>{
        co_await to_detail(deps, tx, co_await find_any(tx, *id), now)};
}

}  // namespace taama::vehicles
