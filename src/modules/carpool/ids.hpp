#pragma once

#include "modules/vehicles/vehicles.hpp"
#include "platform/id.hpp"

namespace taama::carpool {

using TripId = Id<struct TripTag>;
using StopId = Id<struct StopTag>;
using RouteId = Id<struct RouteTag>;
using BookingId = Id<struct BookingTag>;
using vehicles::VehicleId;

}  // namespace taama::carpool
