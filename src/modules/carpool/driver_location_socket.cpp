// /ws/trips/{id}/driver-location: positions as they come, to those who wait for the driver.

#include "modules/carpool/driver_location.hpp"
#include "modules/carpool/errors.hpp"
#include "modules/carpool/location_reader.hpp"
#include "modules/carpool/position_watcher.hpp"
#include "platform/json/node.hpp"
#include "platform/ws/routes.hpp"

namespace taama::carpool {

namespace {

constexpr std::size_t socket_points_max = 200;
constexpr int frames_burst = 20;
constexpr int frames_a_second = 5;
constexpr double points_a_minute = 600;

NewPositions read_points(const ws::Message& message) {
    if (message.type != "positions") throw Refusal{errors::bad_request};
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
        left_ = std::clamp(left_ + passed * per_second_, 0.0, size_);
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
    ws::Socket& socket = *connected.socket;
    while (auto message = co_await socket.receive()) {
        const UtcTime now = deps.clock.now();
        std::optional<std::string_view> refused;
        try {
            if (!frames.take(1, now)) throw Refusal{errors::rate_limited};
            const NewPositions sent = read_points(*message);
            if (!points.take(static_cast<double>(sent.points.size()), now))
                throw Refusal{errors::rate_limited};
            pg::Tx tx = co_await deps.db.begin();
            const auto ack =
                co_await store_points(deps, tx, {trip.driver_id, trip.trip_id, now}, sent);
            co_await tx.commit();
            socket.send({"ack", {}, now, json::to_json(ack)});
        } catch (const Refusal& refusal) {
            refused = refusal.code().code;
        }
        if (!refused) continue;
        if (*refused == errors::rate_limited.code)
            socket.close(ws::Close::too_many_messages, std::string{*refused});
        else
            socket.send({"error", {}, now, json::to_json(boost::json::object{{"code", *refused}})});
    }
}

// A watcher of the trip and, when he is a passenger, of what concerns himself.
Task<void> show_positions(const Deps& deps, const LocationTrip& trip, WatchWindow window,
                          ws::Connected& connected) {
    struct Stays {
        std::shared_ptr<PositionWatcher> watcher;
        ws::Hub::Subscription all;
        ws::Hub::Subscription own;
    };
    const auto watcher = std::make_shared<PositionWatcher>(
        deps, connected.socket,
        PositionWatcher::Watching{trip.boarded_at ? std::nullopt : trip.pickup_point,
                                  window.closes_at});
    // Followed first: what comes while the last position is read is not lost.
    auto all = deps.hub.follow(position_topic(trip.trip_id), watcher);
    auto own = deps.hub.follow(position_topic(trip.trip_id, AccountId{connected.context.caller.id}),
                               watcher);
    const UtcTime now = deps.clock.now();
    const auto last = co_await deps.locations.find_last_position(trip, now);
    if (last) watcher->show(to_view(*last, now));
    watcher->look();
    connected.stays = std::make_shared<Stays>(watcher, std::move(all), std::move(own));
}

struct Admission {
    LocationTrip trip;
    std::optional<WatchWindow> window;  // of a watcher; none for the driver himself
};
Task<Admission> admit(const Deps& deps, const http::Context& context, TripId id, UtcTime now) {
    LocationTrip trip =
        or_throw(co_await deps.locations.look_at(id, context.caller.id), errors::not_found);
    if (trip.driver_id.uuid == context.caller.id) {
        check_publisher(trip, now);
        if (trip.ended_at && now >= *trip.ended_at)
            throw Refusal{errors::forbidden, {{"reason", "closed"}}};
        co_return Admission{std::move(trip), std::nullopt};
    }
    const WatchWindow window = co_await admit_watcher(deps, context, trip, now);
    co_return Admission{std::move(trip), window};
}

}  // namespace

Task<void> follow_driver(const Deps& deps, http::AnyCaller, ws::Connected& connected,
                         http::Path<TripId> id) {
    const auto [trip, window] = co_await admit(deps, connected.context, *id, deps.clock.now());
    if (window)
        co_await show_positions(deps, trip, *window, connected);
    else
        co_await take_positions(deps, trip, connected);
}

}  // namespace taama::carpool
