#include "modules/carpool/trip_reader.hpp"

#include <unordered_map>

namespace taama::carpool {

namespace {

constexpr std::size_t looks_at_once = 64;  // a millisecond of PostgreSQL

}  // namespace

TripReader::TripReader(pg::Db& db, TripShapes& shapes)
    : db_(db), shapes_(shapes), looks_(db, find_trips_now, looks_at_once) {}

Task<std::optional<TripRecord>> TripReader::look_at(TripId id,
                                                    std::optional<AccountId> viewer) const {
    auto now = co_await looks_.ask({id, viewer});
    if (!now) co_return std::nullopt;
    if (const auto shape = shapes_.find(id, now->row_version))
        co_return TripRecord{*shape, std::move(*now)};
    auto trip = co_await find_trip(db_, id, viewer);
    if (trip) shapes_.keep(*trip);
    co_return trip;
}

Task<std::vector<TripRecord>> TripReader::look_at(pg::Tx& tx, const std::vector<TripId>& ids,
                                                  std::optional<AccountId> viewer) const {
    std::vector<TripLook> looks;
    for (const TripId& id : ids) looks.push_back({id, viewer});
    auto all = co_await find_trips_now(tx, looks);

    std::vector<std::shared_ptr<const TripShape>> shapes;
    std::vector<TripId> unknown;
    for (const auto& now : all) {
        shapes.push_back(now ? shapes_.find(now->id, now->row_version) : nullptr);
        if (now && !shapes.back()) unknown.push_back(now->id);
    }
    std::unordered_map<TripId, TripRecord> anew;
    if (!unknown.empty()) {
        for (TripRecord& trip : co_await find_trips(tx, unknown, viewer)) {
            shapes_.keep(trip);
            anew.emplace(trip.id, std::move(trip));
        }
    }

    std::vector<TripRecord> trips;
    for (std::size_t i = 0; i < ids.size(); ++i) {
        if (shapes[i])
            trips.push_back({*shapes[i], std::move(*all[i])});
        else if (const auto found = anew.find(ids[i]); found != anew.end())
            trips.push_back(std::move(found->second));
    }
    std::erase_if(trips, [](const TripRecord& trip) { return trip.deleted_at.has_value(); });
    co_return trips;
}

}  // namespace taama::carpool
