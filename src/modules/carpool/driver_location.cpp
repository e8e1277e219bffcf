#include "modules/carpool/driver_location.hpp"

#include "modules/carpool/errors.hpp"
#include "modules/carpool/location_store.hpp"
#include "modules/carpool/settings.hpp"
#include "platform/json/node.hpp"
#include "platform/ws/routes.hpp"

namespace taama::carpool {

namespace {

constexpr std::size_t points_max = 500;
constexpr std::size_t socket_points_max = 200;
constexpr double accuracy_max_m = 500;
constexpr double speed_max_mps = 200;
constexpr auto future_allowed = Seconds{30};
constexpr auto before_departure = std::chrono::hours{2};
constexpr auto past_allowed = std::chrono::hours{24};
constexpr auto stale_after = Seconds{60};
constexpr auto publish_opens_before = std::chrono::minutes{60};
constexpr auto watch_lasts_after = std::chrono::hours{6};
constexpr int frames_burst = 20;
constexpr int frames_a_second = 5;
constexpr double points_a_minute = 600;

PositionView to_view(const drivers::LastPosition& position, UtcTime now) {
    return {position.at,        position.received_at, position.point.lat,
            position.point.lon, position.accuracy_m,  position.speed_mps,
            position.bearing,   std::nullopt,         now - position.at > stale_after};
}

drivers::Period track_of(const LocationTrip& trip) {
    return {trip.departure_time - before_departure,
            trip.ended_at.value_or(trip.arrival_eta + watch_lasts_after)};
}

// A watcher's window around his own ride.
struct WatchWindow {
    UtcTime opens_at;
    UtcTime closes_at;
};
WatchWindow window_of(const Deps& deps, const LocationTrip& trip) {
    const auto opens = std::chrono::minutes{deps.settings.get(settings_keys::location_open_min)};
    const UtcTime latest = trip.arrival_eta + watch_lasts_after;
    return {trip.pickup_at.value() - opens,
            trip.ride_ended_at ? std::min(*trip.ride_ended_at, latest) : latest};
}

void check_watcher(const Deps& deps, const LocationTrip& trip, UtcTime now) {
    if (!trip.pickup_at) throw Refusal{errors::forbidden, {{"reason", "not_a_passenger"}}};
    const WatchWindow window = window_of(deps, trip);
    if (now < window.opens_at)
        throw Refusal{errors::forbidden,
                      {{"reason", "too_early"}, {"opens_at", to_string(window.opens_at)}}};
    if (now >= window.closes_at) throw Refusal{errors::forbidden, {{"reason", "closed"}}};
}

// Phones tell what they do not know as a negative number; what is beyond all reason is not known
// either.
std::optional<double> plausible(const std::optional<double>& told, double most) {
    return told && *told >= 0 && *told <= most ? told : std::nullopt;
}

Task<PositionsAck> store_points(const Deps& deps, pg::Tx& tx, const LocationTrip& trip,
                                const NewPositions& sent, UtcTime now) {
    PositionsAck ack;
    ack.device_id = sent.device_id.value;
    drivers::Track track{trip.driver_id, sent.device_id.value, {}};
    for (const NewPosition& point : sent.points) {
        if (const auto reason = why_dropped(point, {trip.departure_time, trip.ended_at}, now)) {
            ack.reasons.push_back({point.seq.value, *reason});
            continue;
        }
        track.positions.push_back({point.seq.value,
                                   point.at,
                                   {point.lat, point.lon},
                                   plausible(point.accuracy_m, accuracy_max_m),
                                   plausible(point.speed_mps, speed_max_mps),
                                   plausible(point.bearing, 360),
                                   point.mock.value_or(false)});
        ack.highest_seq = std::max(ack.highest_seq.value_or(0), point.seq.value);
    }
    ack.dropped = static_cast<std::int32_t>(ack.reasons.size());
    if (track.positions.empty()) co_return ack;
    const auto stored = co_await drivers::save_positions(tx, track, now);
    ack.accepted = static_cast<std::int32_t>(stored.size());
    ack.duplicates = static_cast<std::int32_t>(track.positions.size() - stored.size());
    const auto last = co_await drivers::find_last_position(tx, trip.driver_id, track_of(trip));
    if (ack.accepted > 0 && last)
        tx.after_commit([&hub = deps.hub, topic = position_topic(trip.trip_id),
                         frame = ws::Frame{
                             "position", {}, now, json::to_json(to_view(*last, now)), "position"}] {
            hub.publish(topic, frame);
        });
    co_return ack;
}

void check_publisher(const LocationTrip& trip, UtcTime now) {
    if (now < trip.departure_time - publish_opens_before)
        throw Refusal{
            errors::forbidden,
            {{"reason", "too_early"},
             {"opens_at", to_string(UtcTime{trip.departure_time - publish_opens_before})}}};
}

}  // namespace

void NewPositions::check(json::Reader& reader) const {
    if (points.empty() || points.size() > points_max)
        reader.problem_at("points", {"de 1 à 500 points", "1 to 500 points"});
}

std::optional<DropReason> why_dropped(const NewPosition& point, const TrackWindow& window,
                                      UtcTime now) {
    using enum DropReason;
    if (!in_bounds({point.lat, point.lon})) return bad_position;
    if (point.accuracy_m && *point.accuracy_m > accuracy_max_m) return inaccurate;
    if (point.at > now + future_allowed) return future;
    if (point.at < now - past_allowed) return too_old;
    if (point.at < window.departure - before_departure) return no_trip;
    if (window.ended_at && point.at > *window.ended_at) return no_trip;
    return std::nullopt;
}

Task<http::Ok<PositionsAck>> send_positions(const Deps& deps, pg::Tx& tx, http::Context& context,
                                            http::Driver driver, http::Path<TripId> id,
                                            http::Body<NewPositions> body) {
    const auto trip = or_throw(co_await find_location_trip(tx, *id, driver.id), errors::not_found);
    if (trip.driver_id != driver.id) throw Refusal{errors::not_found};
    check_publisher(trip, context.now);
    co_return http::Ok<PositionsAck>{co_await store_points(deps, tx, trip, *body, context.now)};
}

Task<http::Ok<DriverLocationView>> show_driver_location(const Deps& deps, pg::Tx& tx,
                                                        http::Context& context, http::User user,
                                                        http::Path<TripId> id) {
    const auto trip = or_throw(co_await find_location_trip(tx, *id, user.id), errors::not_found);
    check_watcher(deps, trip, context.now);
    const WatchWindow window = window_of(deps, trip);
    const auto last = co_await drivers::find_last_position(tx, trip.driver_id, track_of(trip));
    co_return http::Ok<DriverLocationView>{
        {last ? std::optional{to_view(*last, context.now)} : std::nullopt, window.opens_at,
         window.closes_at}};
}

namespace {

NewPositions read_points(const ws::Message& message) {
    const auto node = json::parse(boost::json::serialize(message.data));
    // The socket's parser lets pass what ours does not, such as keys of any length.
    if (!node) throw Refusal{errors::validation_error};
    const json::ReadContext context;
    json::Problems problems;
    json::Reader reader{context, problems};
    NewPositions sent;
    json::Codec<NewPositions>::read(reader, *node, sent);
    if (!problems.empty() || sent.points.size() > socket_points_max)
        throw Refusal{errors::validation_error};
    return sent;
}

// Refills with time up to its size; what is not there cannot be taken.
class Budget {
public:
    Budget(double size, double per_second) : size_(size), per_second_(per_second), left_(size) {}

    bool take(double amount, UtcTime now) {
        const auto passed = std::chrono::duration<double>(now - last_).count();
        left_ = std::min(size_, left_ + passed * per_second_);
        last_ = now;
        if (left_ < amount) return false;
        left_ -= amount;
        return true;
    }

private:
    double size_;
    double per_second_;
    double left_;
    UtcTime last_{};
};

Task<void> take_positions(const Deps& deps, const LocationTrip& trip, ws::Connected& connected) {
    Budget frames{frames_burst, frames_a_second};
    Budget points{points_a_minute, points_a_minute / 60};
    while (auto message = co_await connected.socket->receive()) {
        const UtcTime now = deps.clock.now();
        if (!frames.take(1, now)) {
            connected.socket->close(ws::Close::too_many_messages);
            co_return;
        }
        std::optional<Refusal> refused;
        try {
            const NewPositions sent = read_points(*message);
            if (!points.take(static_cast<double>(sent.points.size()), now)) {
                connected.socket->close(ws::Close::too_many_messages);
                co_return;
            }
            pg::Tx tx = co_await deps.db.begin();
            const auto current = co_await find_location_trip(tx, trip.trip_id, trip.driver_id);
            const auto ack = co_await store_points(deps, tx, current.value_or(trip), sent, now);
            co_await tx.commit();
            connected.socket->send({"ack", {}, now, json::to_json(ack)});
        } catch (const Refusal& refusal) {
            refused = refusal;
        }
        if (refused)
            connected.socket->send(
                {"error",
                 {},
                 now,
                 json::to_json(boost::json::object{{"code", refused->code().code}})});
    }
}

Task<void> show_positions(const Deps& deps, const LocationTrip& trip, ws::Connected& connected) {
    const auto following = deps.hub.follow(position_topic(trip.trip_id), connected.socket);
    std::optional<drivers::LastPosition> last;
    {
        pg::Tx tx = co_await deps.db.begin();
        last = co_await drivers::find_last_position(tx, trip.driver_id, track_of(trip));
    }
    const UtcTime now = deps.clock.now();
    if (last)
        connected.socket->send(
            {"position", {}, now, json::to_json(to_view(*last, now)), "position"});
    while (co_await connected.socket->receive()) {
    }
}

}  // namespace

Task<void> follow_driver(const Deps& deps, http::User user, ws::Connected& connected,
                         http::Path<TripId> id) {
    std::optional<LocationTrip> trip;
    {
        pg::Tx tx = co_await deps.db.begin();
        trip = co_await find_location_trip(tx, *id, user.id);
    }
    if (!trip) throw Refusal{errors::not_found};
    const UtcTime now = deps.clock.now();
    if (trip->driver_id == user.id) {
        check_publisher(*trip, now);
        co_await take_positions(deps, *trip, connected);
    } else {
        check_watcher(deps, *trip, now);
        co_await show_positions(deps, *trip, connected);
    }
}

std::string position_topic(TripId trip) { return "position:" + trip.to_string(); }

}  // namespace taama::carpool
