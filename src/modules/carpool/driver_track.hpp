#pragma once

// Which points of a driver count, and for which of his trips.

#include <boost/describe/class.hpp>
#include <boost/describe/enum.hpp>

#include <span>
#include <vector>

#include "modules/carpool/ids.hpp"
#include "modules/drivers/drivers.hpp"
#include "platform/geo/lat_lon.hpp"

namespace taama::carpool {

enum class DropReason : std::uint8_t {
    bad_seq,
    bad_position,
    inaccurate,
    future,
    no_trip,
    too_old
};
BOOST_DESCRIBE_ENUM(DropReason, bad_seq, bad_position, inaccurate, future, no_trip, too_old)

// A trip as far as it says where its driver's points belong.
struct DriverTrip {
    TripId trip_id;
    UtcTime departure_time;
    UtcTime arrival_eta;
    std::optional<UtcTime> started_at;
    std::optional<UtcTime> ended_at;  // or cancelled
};
BOOST_DESCRIBE_STRUCT(DriverTrip, (), (trip_id, departure_time, arrival_eta, started_at, ended_at))

// Points count from here on, also of the driver who is still on his way to the departure.
UtcTime track_opens_at(const DriverTrip& trip);
// When nobody follows the trip any more, even if its driver forgets to end it.
UtcTime track_closes_at(const DriverTrip& trip);

// The trip of a moment: the one its driver was on; else `asked`, when the moment counts for it;
// else the one that departs nearest to it. Null: none of them.
const DriverTrip* trip_at(std::span<const DriverTrip> trips, TripId asked, UtcTime at);

// When points show where the driver of `trip` is: while it is open, without what he does on his
// other trips meanwhile. In their order.
std::vector<drivers::Period> track_of(const DriverTrip& trip, std::span<const DriverTrip> others);

// Why a point is dropped alone, whatever the trip; nothing: it may count.
struct PointFacts {
    std::int64_t seq = 0;
    UtcTime at;
    LatLon point;
    std::optional<double> accuracy_m;
};
std::optional<DropReason> why_dropped(const PointFacts& point, UtcTime now);

inline constexpr double accuracy_max_m = 500;
inline constexpr Seconds future_allowed{30};
inline constexpr std::chrono::hours past_allowed{24};
inline constexpr std::chrono::hours track_before_departure{2};
inline constexpr std::chrono::hours track_after_arrival{6};

}  // namespace taama::carpool
