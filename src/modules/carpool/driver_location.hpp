#pragma once

// Where the driver is: told by his phone, shown to the passengers who will ride with him.

#include "modules/carpool/deps.hpp"
#include "modules/carpool/ids.hpp"
#include "platform/http/routes.hpp"
#include "platform/json/fields.hpp"

namespace taama::ws {
struct Connected;
}

namespace taama::carpool {

struct NewPosition {
    json::Int<0, std::numeric_limits<std::int64_t>::max()> seq{};
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

enum class DropReason : std::uint8_t { bad_position, inaccurate, future, no_trip, too_old };
BOOST_DESCRIBE_ENUM(DropReason, bad_position, inaccurate, future, no_trip, too_old)

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

// When points of a trip count.
struct TrackWindow {
    UtcTime departure;
    std::optional<UtcTime> ended_at;
};
// Why a point is dropped alone; nothing: it is stored.
std::optional<DropReason> why_dropped(const NewPosition& point, const TrackWindow& window,
                                      UtcTime now);

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
Task<http::Ok<DriverLocationView>> show_driver_location(const Deps&, pg::Tx&, http::Context&,
                                                        http::User, http::Path<TripId>);
// The driver's socket takes positions, a passenger's shows them.
Task<void> follow_driver(const Deps& deps, http::User user, ws::Connected& connected,
                         http::Path<TripId> trip);

std::string position_topic(TripId trip);

}  // namespace taama::carpool
