#include "modules/carpool/trip_planning.hpp"

#include "modules/carpool/errors.hpp"
#include "modules/carpool/geometry.hpp"
#include "modules/carpool/settings.hpp"
#include "modules/carpool/trip_plan.hpp"
#include "modules/drivers/drivers.hpp"
#include "modules/identity/errors.hpp"
#include "modules/identity/identity.hpp"
#include "platform/http/field_problem.hpp"

namespace taama::carpool {

namespace keys = settings_keys;

namespace {

constexpr std::int64_t trip_min_m = 1000;
constexpr auto trip_max = std::chrono::hours{48};
constexpr int draft_tier = 1;
constexpr int publish_tier = 3;
constexpr std::int32_t seats_max_without_vehicle = 8;

Refusal problem(const http::Context& context, std::string_view field, const json::Said& said) {
    return http::field_problem(field, said, context.language);
}

void check_times(const Deps& deps, const http::Context& context, const Itinerary& itinerary) {
    const auto horizon = std::chrono::days{deps.settings.get(keys::publish_horizon_days)};
    if (itinerary.departure <= context.now || itinerary.departure > context.now + horizon)
        throw problem(context, "departure_time",
                      {fmt::format("doit être à venir, dans {} jours au plus", horizon.count()),
                       fmt::format("must be ahead, within {} days", horizon.count())});
    if (itinerary.arrival && (*itinerary.arrival <= itinerary.departure ||
                              *itinerary.arrival > itinerary.departure + trip_max))
        throw problem(context, "arrival_eta",
                      {"doit suivre le départ de 48 heures au plus",
                       "must be after the departure, by 48 hours at most"});
}

struct Publisher {
    identity::AccountStatus status;
    std::int32_t kyc_tier;
    std::optional<drivers::CapabilityStatus> capability;
};
BOOST_DESCRIBE_STRUCT(Publisher, (), (status, kyc_tier, capability))

PG_STATEMENT constexpr pg::Sql find_publisher_sql{"carpool.find_publisher", R"sql(
    select a.status, a.kyc_tier,
           (select c.status from drivers.capability_status c
             where c.driver_id = a.id and c.kind = 'carpool') as capability
      from identity.account_facts a
     where a.id = $1)sql"};

Task<Publisher> find_publisher(pg::Tx& tx, AccountId driver) {
    const pg::Rows rows = co_await tx.query(find_publisher_sql, driver);
    co_return or_throw(rows.at_most_one<Publisher>(), errors::not_found);
}

void check_publisher(const Publisher& publisher, AccountId driver, int tier) {
    identity::AccountFacts facts;
    facts.id = driver;
    facts.status = publisher.status;
    facts.kyc_tier = publisher.kyc_tier;
    identity::check_tier(facts, tier);
}

}  // namespace

Refusal driver_busy(const BusyTime& busy) {
    boost::json::object details;
    if (busy.trip_id) details["trip_id"] = busy.trip_id->to_string();
    if (busy.booking_id) details["booking_id"] = busy.booking_id->to_string();
    return Refusal{errors::driver_busy, std::move(details)};
}

void keep_stop_ids(const std::vector<Stop>& before, StopsBetween between,
                   std::vector<Stop>& stops) {
    stops.front().id = before.front().id;
    stops.back().id = before.back().id;
    if (between == StopsBetween::replaced || stops.size() != before.size()) return;
    for (std::size_t i = 0; i < stops.size(); ++i) stops[i].id = before[i].id;
}

std::vector<PlannedStop> to_planned_stops(std::vector<NewStop> stops, int default_dwell_s) {
    std::sort(stops.begin(), stops.end(),
              [](const NewStop& a, const NewStop& b) { return a.order.value < b.order.value; });
    std::vector<PlannedStop> planned;
    for (const NewStop& stop : stops)
        planned.push_back({
            .point = stop.point.point(),
            .label = stop.label        ? stop.label->value
                     : stop.point.text ? stop.point.text->value
                                       : std::string{},
            .pickup_allowed = stop.pickup_allowed.value_or(true),
            .dropoff_allowed = stop.dropoff_allowed.value_or(true),
            .dwell_s =
                stop.dwell_s ? static_cast<std::int32_t>(stop.dwell_s->value) : default_dwell_s,
        });
    return planned;
}

Task<void> plan_itinerary(const Deps& deps, const http::Context& context,
                          const Itinerary& itinerary, PlannedTrip& planned) {
    check_times(deps, context, itinerary);
    if (whole_metres(itinerary.origin, itinerary.destination) <= trip_min_m)
        throw problem(context, "destination",
                      {"doit être à plus d'un kilomètre de l'origine",
                       "must be more than one kilometre from the origin"});

    std::vector<PlannedStop> points;
    points.push_back({.point = itinerary.origin, .label = itinerary.origin_text});
    points.insert(points.end(), itinerary.stops.begin(), itinerary.stops.end());
    points.push_back({.point = itinerary.destination, .label = itinerary.destination_text});
    std::vector<LatLon> line;
    for (const PlannedStop& point : points) line.push_back(point.point);
    planned.route = co_await deps.routing.route(line);

    planned.stops = plan_stops(points, planned.route, {itinerary.departure, itinerary.arrival});
    const auto direct =
        estimate_leg(itinerary.origin, itinerary.destination, estimate_terms(deps.settings));
    if (!moves_forward(planned.stops) || !in_travel_order(planned.route, direct.distance_m))
        throw problem(context, "stops", {"pas dans l'ordre du trajet", "not in travel order"});

    Trip& trip = planned.trip;
    trip.origin_point = itinerary.origin;
    trip.origin_text = itinerary.origin_text;
    trip.destination_point = itinerary.destination;
    trip.destination_text = itinerary.destination_text;
    trip.departure_time = itinerary.departure;
    trip.arrival_eta = planned.stops.back().arrive_at;
    trip.eta_source = itinerary.arrival ? EtaSource::driver : EtaSource::routing;
    trip.depart_day = deps.zone.local_date(itinerary.departure);
    trip.solo_drive_s = trip.drive_s = planned.route.drive_s();
    planned.segments = empty_segments(planned.stops, trip.seats_offered);
}

Task<void> check_driver_account(pg::Tx& tx, AccountId driver) {
    check_publisher(co_await find_publisher(tx, driver), driver, draft_tier);
}

Task<std::optional<VehicleId>> choose_vehicle(pg::Tx& tx, const http::Context& context,
                                              AccountId driver, std::optional<VehicleId> wanted,
                                              const SeatsWanted& seats) {
    const auto vehicle = co_await vehicles::find_own_vehicle(tx, driver, wanted);
    if (wanted && !vehicle)
        throw problem(context, "vehicle_id", {"véhicule inconnu", "unknown vehicle"});
    const std::int32_t seats_max = vehicle ? vehicle->seats_total - 1 : seats_max_without_vehicle;
    if (seats.count > seats_max)
        throw problem(context, seats.field,
                      {fmt::format("{} places au plus", seats_max),
                       fmt::format("{} seats at most", seats_max)});
    co_return vehicle ? std::optional{vehicle->id} : std::nullopt;
}

void check_price_range(const Deps& deps, const http::Context& context, const Trip& trip,
                       std::int32_t distance_m) {
    const std::int64_t per_km = deps.settings.get(keys::price_ceiling_per_km);
    if (per_km == 0) return;
    const std::int64_t ceiling = half_up(per_km, distance_m, 1000);
    if (trip.price_per_seat > ceiling) {
        const std::string most = Money{ceiling, trip.currency}.to_decimal();
        throw problem(context, "price_per_seat",
                      {"ne peut pas dépasser " + most, "must not be above " + most});
    }
}

void check_auto_accept(const Deps& deps, const http::Context& context, bool wanted) {
    if (wanted && !deps.settings.get(keys::allow_auto_accept))
        throw problem(
            context, "allow_auto_accept",
            {"l'acceptation automatique n'est pas permise", "accepting by itself is not allowed"});
}

Task<void> take_vehicle(const Deps& deps, pg::Tx& tx, const Trip& trip, UtcTime now) {
    const auto buffer = std::chrono::minutes{deps.settings.get(keys::trip_buffer_min)};
    co_await vehicles::take_calendar(tx,
                                     {.vehicle_id = trip.vehicle_id.value(),
                                      .kind = vehicles::UseKind::trip,
                                      .ref_id = trip.id.uuid,
                                      .holder = trip.driver_id,
                                      .from = trip.departure_time,
                                      .until = trip.arrival_eta + buffer,
                                      .seats_needed = trip.seats_offered + 1},
                                     now);
}

Task<void> check_publishing(const Deps& deps, pg::Tx& tx, const http::Context& context,
                            const PlannedTrip& planned) {
    const Trip& trip = planned.trip;
    lock_person(tx, trip.driver_id);
    const Publisher publisher = co_await find_publisher(tx, trip.driver_id);
    if (publisher.capability == drivers::CapabilityStatus::suspended)
        throw Refusal{errors::account_suspended};
    const bool needs_kyc = deps.settings.get(keys::require_kyc_for_driver);
    check_publisher(publisher, trip.driver_id, needs_kyc ? publish_tier : draft_tier);
    if (!trip.vehicle_id)
        throw problem(context, "vehicle_id", {"un véhicule est nécessaire", "a vehicle is needed"});
    if (deps.settings.get(keys::require_verified_vehicle)) {
        const auto vehicle =
            co_await vehicles::find_own_vehicle(tx, trip.driver_id, trip.vehicle_id);
        if (!vehicle || !vehicle->verified)
            throw problem(
                context, "vehicle_id",
                {"ce véhicule n'est pas encore vérifié", "the vehicle is not verified yet"});
    }
    if (trip.departure_time <= context.now)
        throw wrong_state(trip.status, TripEvent::publish, "departed");
    check_price_range(deps, context, trip, planned.stops.back().offset_m);
    if (const auto busy = co_await find_driver_busy(tx, trip.driver_id, trip.id,
                                                    {trip.departure_time, trip.arrival_eta}))
        throw driver_busy(*busy);
    co_await take_vehicle(deps, tx, trip, context.now);
}

}  // namespace taama::carpool
