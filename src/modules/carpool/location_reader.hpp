#pragma once

// Trips and the newest positions of their drivers, for those who watch: looks that come at once
// share a statement. After a node has gone, all its watchers come at once.

#include "modules/carpool/location_store.hpp"
#include "platform/pg/batched.hpp"

namespace taama::carpool {

// One per thread.
class LocationReader {
public:
    explicit LocationReader(pg::Db& db);

    Task<std::optional<LocationTrip>> look_at(TripId trip, Uuid viewer) const;
    // The newest of the trip.
    Task<std::optional<drivers::LastPosition>> find_last_position(const LocationTrip& trip,
                                                                  UtcTime now) const;

private:
    struct Question {
        AccountId driver;
        DriverTrip trip;
        UtcTime now;
    };
    using Answer = std::optional<drivers::LastPosition>;
    static Task<std::vector<Answer>> find_positions(pg::Db& db, std::vector<Question> questions);

    pg::Batched<LocationLook, std::optional<LocationTrip>> trips_;
    pg::Batched<Question, Answer> positions_;
};

}  // namespace taama::carpool
