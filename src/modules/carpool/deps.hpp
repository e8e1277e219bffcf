#pragma once

#include "modules/carpool/routing.hpp"
#include "modules/files/files.hpp"
#include "modules/settings/settings.hpp"
#include "platform/money/money.hpp"
#include "platform/pg/db.hpp"
#include "platform/time/time.hpp"

namespace taama::crypto {
class Sealer;
}
namespace taama::ws {
class Hub;
}

namespace taama::carpool {

class LocationReader;
class TicketKeys;
class TripIndexReader;
class TripReader;

// What the operations of carpooling work with; app/ builds it once per thread and it outlives them.
struct Deps {
    pg::Db& db;
    const Clock& clock;
    const settings::Current& settings;
    const files::Urls& file_urls;
    const TimeZone& zone;  // of the operator
    Currency currency;     // of the operator
    Routing& routing;
    const crypto::Sealer& sealer;
    const TicketKeys& ticket_keys;
    ws::Hub& hub;
    TripIndexReader& trip_index;      // of this thread
    const TripReader& trip_reader;    // of this thread
    const LocationReader& locations;  // of this thread
};

}  // namespace taama::carpool
