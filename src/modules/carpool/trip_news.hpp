#pragma once

// What carpooling tells the other modules.

#include "modules/carpool/trip.hpp"
#include "platform/pg/tx.hpp"

namespace taama::carpool {

// "trip.published" and the like; `more` joins the payload.
void tell_trip(pg::Tx& tx, std::string_view event, const Trip& trip, UtcTime now,
               boost::json::object more = {});

}  // namespace taama::carpool
