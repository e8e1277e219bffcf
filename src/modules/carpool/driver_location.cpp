#include "modules/carpool/driver_location.hpp"

#include <set>

#include "modules/audit/audit.hpp"
#include "modules/carpool/errors.hpp"
#include "modules/carpool/location_reader.hpp"
#include "modules/carpool/position_watcher.hpp"
#include "modules/carpool/settings.hpp"
#include "platform/ws/socket.hpp"

namespace taama::carpool {

namespace {

constexpr std::size_t points_max = 500;
constexpr double speed_max_mps = 200;
constexpr auto publish_opens_before = std::chrono::minutes{60};
constexpr std::array watching_roles{http::Role::super, http::Role::ops, http::Role::support};

[[noreturn]] void refuse_window(std::string_view reason) {
    throw Refusal{errors::forbidden, {{"reason", reason}}};
}
[[noreturn]] void refuse_too_early(UtcTime opens_at) {
    throw Refusal{errors::forbidden, {{"reason", "too_early"}, {"opens_at", to_string(opens_at)}}};
}

// Phones tell what they do not know as a negative number; what is beyond all reason is not known
// either.
std::optional<double> plausible(const std::optional<double>& told, double most) {
    return told && *told >= 0 && *told <= most ? told : std::nullopt;
}

drivers::Position to_position(const NewPosition& point) {
    return {point.seq,
            point.at,
            {point.lat, point.lon},
            plausible(point.accuracy_m, accuracy_max_m),
            plausible(point.speed_mps, speed_max_mps),
            plausible(point.bearing, 360),
            point.mock.value_or(false)};
}

void tell_received(pg::Tx& tx, const PositionsAck& ack) {
    const auto tell = [&tx](std::string_view result, std::int32_t points) {
        if (points > 0) tx.tell("positions.received", {{"result", result}, {"points", points}});
    };
    tell("accepted", ack.accepted);
    tell("duplicate", ack.duplicates);
    for (const DroppedView& dropped : ack.reasons)
        tell(boost::describe::enum_to_string(dropped.reason, ""), 1);
}

// What this batch made the newest of the trip goes to its watchers.
Task<void> show_newest(const Deps& deps, pg::Tx& tx, AccountId driver, const DriverTrip& trip,
                       std::span<const DriverTrip> all, UtcTime now) {
    const auto last = co_await drivers::find_last_position(tx, {driver, track_of(trip, all)});
    if (!last || last->received_at != now) co_return;
    ws::Frame frame{std::string{position_frame},
                    {},
                    now,
                    json::to_json(to_view(*last, now)),
                    std::string{position_frame}};
    tx.after_commit([&hub = deps.hub, topic = position_topic(trip.trip_id),
                     frame = std::move(frame)] { hub.publish_latest(topic, frame); });
}

}  // namespace

void NewPositions::check(json::Reader& reader) const {
    if (points.empty() || points.size() > points_max)
        reader.problem_at("points", {"de 1 à 500 points", "1 to 500 points"});
}

Task<PositionsAck> store_points(const Deps& deps, pg::Tx& tx, const Sending& sending,
                                const NewPositions& sent) {
    const auto trips = co_await find_driver_trips(tx, sending.driver, sending.now);
    PositionsAck ack;
    ack.device_id = sent.device_id.value;
    drivers::Track track{sending.driver, sent.device_id.value, {}};
    std::set<const DriverTrip*> touched;
    for (const NewPosition& point : sent.points) {
        auto dropped = why_dropped({point.seq, point.at, {point.lat, point.lon}, point.accuracy_m},
                                   sending.now);
        const DriverTrip* trip = trip_at(trips, sending.asked, point.at);
        if (!dropped && trip == nullptr) dropped = DropReason::no_trip;
        if (dropped) {
            ack.reasons.push_back({point.seq, *dropped});
            continue;
        }
        touched.insert(trip);
        track.positions.push_back(to_position(point));
    }
    const auto stored = co_await drivers::save_positions(tx, track, sending.now);
    ack.accepted = stored.added;
    ack.duplicates = static_cast<std::int32_t>(track.positions.size()) - stored.added;
    ack.dropped = static_cast<std::int32_t>(ack.reasons.size());
    ack.highest_seq = stored.highest_seq;
    tell_received(tx, ack);
    if (ack.accepted > 0)
        for (const DriverTrip* trip : touched) {
            co_await show_newest(deps, tx, sending.driver, *trip, trips, sending.now);
            if (trip->ended_at) co_await measure_trip(tx, trip->trip_id);
        }
    co_return ack;
}

void check_publisher(const LocationTrip& trip, UtcTime now) {
    const UtcTime opens_at = trip.departure_time - publish_opens_before;
    if (now < opens_at) refuse_too_early(opens_at);
}

// Points of a trip that is over may still come, for a day: why_dropped says which.
Task<http::Ok<PositionsAck>> send_positions(const Deps& deps, pg::Tx& tx, http::Context& context,
                                            http::Driver driver, http::Path<TripId> id,
                                            http::Body<NewPositions> body) {
    const auto trip =
        or_throw(co_await find_location_trip(tx, *id, driver.id.uuid), errors::not_found);
    if (trip.driver_id != driver.id) throw Refusal{errors::not_found};
    check_publisher(trip, context.now);
    co_return http::Ok<PositionsAck>{
        co_await store_points(deps, tx, {driver.id, trip.trip_id, context.now}, *body)};
}

// --- watching ------------------------------------------------------------------------------------

namespace {

WatchWindow window_of_staff(const http::Context& context, const LocationTrip& trip) {
    if (std::ranges::find(watching_roles, context.caller.role) == watching_roles.end())
        throw Refusal{errors::forbidden};
    const DriverTrip track = trip.track();
    return {track_opens_at(track), track_closes_at(track)};
}

Task<void> record_look(pg::Db& db, const http::Context& context, TripId trip) {
    pg::Tx tx = co_await db.begin();
    audit::record(tx,
                  {.actor = audit::Actor::staff(StaffId{context.caller.id}),
                   .action = "READ_DRIVER_POSITION",
                   .entity = "Trip",
                   .entity_id = trip.uuid,
                   .meta = audit::meta_of(context)},
                  context.now);
    co_await tx.commit();
}

WatchWindow window_of_passenger(const Deps& deps, const LocationTrip& trip) {
    if (!trip.pickup_at) refuse_window("not_a_passenger");
    const auto opens = std::chrono::minutes{deps.settings.get(settings_keys::location_open_min)};
    const UtcTime latest = track_closes_at(trip.track());
    return {*trip.pickup_at - opens,
            trip.ride_ended_at ? std::min(*trip.ride_ended_at, latest) : latest};
}

}  // namespace

Task<WatchWindow> admit_watcher(const Deps& deps, const http::Context& context,
                                const LocationTrip& trip, UtcTime now) {
    const bool is_staff = context.caller.kind == http::Caller::Kind::staff;
    const WatchWindow window =
        is_staff ? window_of_staff(context, trip) : window_of_passenger(deps, trip);
    if (now >= window.closes_at) refuse_window("closed");
    if (now < window.opens_at) refuse_too_early(window.opens_at);
    if (is_staff) co_await record_look(deps.db, context, trip.trip_id);
    co_return window;
}

Task<http::Ok<DriverLocationView>> show_driver_location(const Deps& deps, http::Context& context,
                                                        http::AnyCaller caller,
                                                        http::Path<TripId> id) {
    const auto trip =
        or_throw(co_await deps.locations.look_at(*id, caller.caller.id), errors::not_found);
    const WatchWindow window = co_await admit_watcher(deps, context, trip, context.now);
    DriverLocationView view{std::nullopt, window.opens_at, window.closes_at};
    if (const auto last = co_await deps.locations.find_last_position(trip, context.now)) {
        view.position = to_view(*last, context.now);
        const auto pickup = trip.boarded_at ? std::nullopt : trip.pickup_point;
        view.position->eta_to_you_s = co_await eta_to(deps, pickup, last->point);
    }
    co_return http::Ok<DriverLocationView>{std::move(view)};
}

std::string position_topic(TripId trip) { return "position:" + trip.to_string(); }

std::string position_topic(TripId trip, AccountId watcher) {
    return position_topic(trip) + ":" + watcher.to_string();
}

}  // namespace taama::carpool
