#pragma once

// What a driver may do, what he is doing, and where he is.
//
// Statements of other modules may join the view drivers.capability_status (driver_id, kind,
// status).

#include <boost/describe/class.hpp>
#include <boost/describe/enum.hpp>
#include <span>

#include <optional>
#include <string>
#include <vector>

#include "platform/events/events.hpp"
#include "platform/geo/lat_lon.hpp"
#include "platform/id.hpp"
#include "platform/pg/tx.hpp"
#include "platform/task.hpp"
#include "platform/time/time.hpp"

namespace taama::drivers {

enum class CapabilityKind : std::uint8_t { carpool, ride, delivery, chauffeur };
BOOST_DESCRIBE_ENUM(CapabilityKind, carpool, ride, delivery, chauffeur)

enum class CapabilityStatus : std::uint8_t { pending, approved, rejected, suspended };
BOOST_DESCRIBE_ENUM(CapabilityStatus, pending, approved, rejected, suspended)

enum class DutyKind : std::uint8_t { ride, delivery, carpool };
BOOST_DESCRIBE_ENUM(DutyKind, ride, delivery, carpool)

struct Duty {
    AccountId driver;
    DutyKind kind;
    Uuid ref_id;
};
// A person does one thing at a time: throws driver_busy while another duty runs. Repeating is
// harmless.
Task<void> begin_duty(pg::Tx& tx, const Duty& duty, UtcTime now);
void end_duty(pg::Tx& tx, DutyKind kind, Uuid ref_id, UtcTime now);

struct Position {
    std::int64_t seq = 0;
    UtcTime at;
    LatLon point;
    std::optional<double> accuracy_m;
    std::optional<double> speed_mps;
    std::optional<double> bearing;
    bool mock = false;
};
struct Track {
    AccountId driver;
    std::string device_id;
    std::vector<Position> positions;
};
// Stores what is new of the track; the same (device, seq) of this driver again stays as it was.
struct Stored {
    std::int32_t added = 0;
    std::optional<std::int64_t> highest_seq;  // of all that this device ever sent for this driver
};
BOOST_DESCRIBE_STRUCT(Stored, (), (added, highest_seq))
Task<Stored> save_positions(pg::Tx& tx, const Track& track, UtcTime now);

struct LastPosition {
    UtcTime at;
    UtcTime received_at;
    LatLon point;
    std::optional<double> accuracy_m;
    std::optional<double> speed_mps;
    std::optional<double> bearing;
};
BOOST_DESCRIBE_STRUCT(LastPosition, (), (at, received_at, point, accuracy_m, speed_mps, bearing))

// The newest by (at, seq) in the periods, their ends included. What a phone says is made up (mock)
// shows nobody where he is.
struct Period {
    UtcTime from;
    UtcTime until;
};
struct DriverPeriods {
    AccountId driver;
    std::vector<Period> periods;
};
Task<std::optional<LastPosition>> find_last_position(pg::Tx& tx, const DriverPeriods& of);
// The same for many, in their order.
Task<std::vector<std::optional<LastPosition>>> find_last_positions(
    pg::Db& db, std::span<const DriverPeriods> of);

// How far he went in the period, by the points that are exact to 100 m and not made up; empty when
// there is none.
Task<std::optional<std::int32_t>> find_distance_m(pg::Tx& tx, AccountId driver, Period period);

// Whether he was within so many metres of the point in the period, as his phone says.
struct Vicinity {
    LatLon point;
    std::int32_t metres;
};
Task<bool> was_near(pg::Tx& tx, AccountId driver, const Vicinity& vicinity, const Period& period);
// How far from the point, in metres, the newest position of the period lies; empty without any.
Task<std::optional<double>> find_distance(pg::Tx& tx, AccountId driver, LatLon point,
                                          const Period& period);

// A person's first vehicle opens the carpool capability; tier 3 approves it.
void register_consumers(events::Registry& registry);

}  // namespace taama::drivers
