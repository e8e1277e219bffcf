#pragma once

// From what a driver says to a trip with its route, stops and segments; and what publishing it
// needs.

#include "modules/carpool/deps.hpp"
#include "modules/carpool/new_trip.hpp"
#include "modules/carpool/trip_plan.hpp"
#include "modules/carpool/trip_store.hpp"
#include "platform/http/message.hpp"

namespace taama::carpool {

struct PlannedTrip {
    Trip trip;
    Route route{};
    std::vector<Stop> stops{};
    std::vector<Segment> segments{};
};

// The points of a trip with its times, checked: far enough apart, in the horizon, in travel order.
struct Itinerary {
    LatLon origin;
    std::string origin_text;
    LatLon destination;
    std::string destination_text;
    UtcTime departure;
    std::optional<UtcTime> arrival;  // as the driver says
    std::vector<PlannedStop> stops;  // those between the ends
};
std::vector<PlannedStop> to_planned_stops(std::vector<NewStop> stops, int default_dwell_s);

// Asks for the route and fills the trip's points, times, route, stops and segments. Throws 422 by
// field.
Task<void> plan_itinerary(const Deps& deps, const http::Context& context,
                          const Itinerary& itinerary, PlannedTrip& planned);

// What stands in the way of publishing, in the order of the contract; at the end the vehicle's
// calendar is taken. The driver's guard is locked.
Task<void> check_publishing(const Deps& deps, pg::Tx& tx, const http::Context& context,
                            const PlannedTrip& planned);

// Tier 1 and an active account: enough for a draft.
Task<void> check_driver_account(pg::Tx& tx, AccountId driver);

// The vehicle of a trip, given or the driver's default, with seats for all passengers; 422
// otherwise.
struct SeatsWanted {
    std::int32_t count;
    std::string_view field = "seats_available";  // that asked for them
};
Task<std::optional<VehicleId>> choose_vehicle(pg::Tx& tx, const http::Context& context,
                                              AccountId driver, std::optional<VehicleId> wanted,
                                              const SeatsWanted& seats);

// The price is at most the ceiling for the distance, when there is one.
void check_price_range(const Deps& deps, const http::Context& context, const Trip& trip,
                       std::int32_t distance_m);
void check_auto_accept(const Deps& deps, const http::Context& context, bool wanted);

// 409 driver_busy that names what the driver does then.
Refusal driver_busy(const BusyTime& busy);

// Who knows a stop by its id finds it again: both ends, and the stops between when they stayed.
enum class StopsBetween : std::uint8_t { replaced, kept };
void keep_stop_ids(const std::vector<Stop>& before, StopsBetween between, std::vector<Stop>& stops);

// Enters the trip into its vehicle's calendar, with the buffer after its arrival.
Task<void> take_vehicle(const Deps& deps, pg::Tx& tx, const Trip& trip, UtcTime now);

}  // namespace taama::carpool
