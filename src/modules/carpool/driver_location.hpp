#pragma once

// Where the driver is: told by his phone, shown to the passengers who will ride with him.

#include "modules/carpool/deps.hpp"
#include "modules/carpool/driver_track.hpp"
#include "modules/carpool/location_store.hpp"
#include "platform/http/routes.hpp"
#include "platform/json/fields.hpp"

namespace taama::ws {
struct Connected;
}

namespace taama::carpool {

struct NewPosition {
    std::int64_t seq = 0;
    UtcTime at{};
    double lat = 0;
    double lon = 0;
    std::optional<double> accuracy_m{};
    std::optional<double> speed_mps{};
    std::optional<double> bearing{};
    std::optional<bool> mock{};
};
BOOST_DESCRIBE_STRUCT(NewPosition, (), (seq, at, lat, lon, accuracy_m, speed_mps, bearing, mock))

struct NewPositions {
    json::Text<16, 64> device_id;
    std::vector<NewPosition> points;

    void check(json::Reader& reader) const;
};
BOOST_DESCRIBE_STRUCT(NewPositions, (), (device_id, points))

struct DroppedView {
    std::int64_t seq = 0;
    DropReason reason = DropReason::bad_position;
};
BOOST_DESCRIBE_STRUCT(DroppedView, (), (seq, reason))

struct PositionsAck {
    std::string device_id;
    std::int32_t accepted = 0;
    std::int32_t duplicates = 0;
    std::int32_t dropped = 0;
    std::vector<DroppedView> reasons;
    std::optional<std::int64_t> highest_seq;
};
BOOST_DESCRIBE_STRUCT(PositionsAck, (),
                      (device_id, accepted, duplicates, dropped, reasons, highest_seq))

struct PositionView {
    UtcTime at;
    UtcTime received_at;
    double lat = 0;
    double lon = 0;
    std::optional<double> accuracy_m;
    std::optional<double> speed_mps;
    std::optional<double> bearing;
    std::optional<std::int32_t> eta_to_you_s;
    bool stale = false;
};
BOOST_DESCRIBE_STRUCT(PositionView, (),
                      (at, received_at, lat, lon, accuracy_m, speed_mps, bearing, eta_to_you_s,
                       stale))

struct DriverLocationView {
    std::optional<PositionView> position;
    UtcTime opens_at;
    UtcTime closes_at;
};
BOOST_DESCRIBE_STRUCT(DriverLocationView, (), (position, opens_at, closes_at))

Task<http::Ok<PositionsAck>> send_positions(const Deps&, pg::Tx&, http::Context&, http::Driver,
                                            http::Path<TripId>, http::Body<NewPositions>);
Task<http::Ok<DriverLocationView>> show_driver_location(const Deps&, http::Context&,
                                                        http::AnyCaller, http::Path<TripId>);
// The driver's socket takes positions, a watcher's shows them.
Task<void> follow_driver(const Deps& deps, http::AnyCaller caller, ws::Connected& connected,
                         http::Path<TripId> trip);

// --- what requests and sockets do alike ----------------------------------------------------------

// Throws too_early when the driver may not send positions yet.
void check_publisher(const LocationTrip& trip, UtcTime now);
// Stores what counts, each point for the trip that it belongs to, and shows the newest after the
// commit. `asked` is the trip that the driver names.
struct Sending {
    AccountId driver;
    TripId asked;
    UtcTime now;
};
Task<PositionsAck> store_points(const Deps& deps, pg::Tx& tx, const Sending& sending,
                                const NewPositions& sent);

// When a watcher may see the driver: around his own ride, staff while the trip's points count.
struct WatchWindow {
    UtcTime opens_at;
    UtcTime closes_at;
};
// Throws for who may not watch, or not now; what staff look at is audited.
Task<WatchWindow> admit_watcher(const Deps& deps, const http::Context& context,
                                const LocationTrip& trip, UtcTime now);

// --- frames --------------------------------------------------------------------------------------

inline constexpr std::string_view position_frame = "position";
inline constexpr std::string_view ended_frame = "ended";
// Tells a watcher's own node that he is on board: nobody waits for the driver any more.
inline constexpr std::string_view boarded_frame = "boarded";

std::string position_topic(TripId trip);                     // all watchers
std::string position_topic(TripId trip, AccountId watcher);  // one of them

}  // namespace taama::carpool
