#include "modules/carpool/location_reader.hpp"

#include <algorithm>

namespace taama::carpool {

namespace {

constexpr std::size_t looks_at_once = 64;

}  // namespace

LocationReader::LocationReader(pg::Db& db)
    : trips_(db, find_location_trips, looks_at_once),
      positions_(db, find_positions, looks_at_once) {}

Task<std::optional<LocationTrip>> LocationReader::look_at(TripId trip, Uuid viewer) const {
    return trips_.ask({trip, viewer});
}

Task<std::optional<drivers::LastPosition>> LocationReader::find_last_position(
    const LocationTrip& trip, UtcTime now) const {
    return positions_.ask({trip.driver_id, trip.track(), now});
}

// Many watch the same trip: each is looked for once, as the latest of them saw it.
Task<std::vector<LocationReader::Answer>> LocationReader::find_positions(
    pg::Db& db, std::vector<Question> questions) {
    UtcTime now = questions.front().now;
    std::unordered_map<TripId, std::size_t> places;
    std::vector<const Question*> trips;
    std::vector<AccountId> drivers;
    for (const Question& question : questions) {
        now = std::max(now, question.now);
        const auto [place, is_new] = places.emplace(question.trip.trip_id, trips.size());
        if (!is_new) {
            trips[place->second] = &question;
            continue;
        }
        trips.push_back(&question);
        if (std::ranges::find(drivers, question.driver) == drivers.end())
            drivers.push_back(question.driver);
    }

    const TripsByDriver all = co_await find_driver_trips(db, drivers, now);
    std::vector<drivers::DriverPeriods> tracks;
    for (const Question* question : trips) {
        const auto others = all.find(question->driver);
        tracks.push_back(
            {question->driver,
             track_of(question->trip,
                      others == all.end() ? std::span<const DriverTrip>{} : others->second)});
    }
    const auto found = co_await drivers::find_last_positions(db, tracks);

    std::vector<Answer> answers;
    for (const Question& question : questions)
        answers.push_back(found[places.at(question.trip.trip_id)]);
    co_return answers;
}

}  // namespace taama::carpool
