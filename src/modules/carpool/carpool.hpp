#pragma once

// Carpooling: trips with free seats, the search for a leg, bookings, tickets, the driver's
// position.

#include <span>

#include "modules/carpool/booking_payable.hpp"
#include "modules/carpool/deps.hpp"
#include "modules/carpool/ticket_keys.hpp"

namespace taama::http {
class Operations;
struct ConstraintRefusal;
}  // namespace taama::http
namespace taama::jobs {
class Registry;
}
namespace taama::events {
class Registry;
}
namespace taama::ws {
class Endpoints;
}

namespace taama::carpool {

// What the schema itself refuses when two race.
std::span<const http::ConstraintRefusal> constraints();

void register_routes(http::Operations& operations, const Deps& deps);
void register_sockets(ws::Endpoints& endpoints, const Deps& deps);
void register_jobs(jobs::Registry& registry, const Deps& deps);
// Tells the open sockets of a booking and of a trip what changed.
void register_consumers(events::Registry& registry, const Deps& deps);

}  // namespace taama::carpool
