#include "modules/carpool/new_trip.hpp"

#include <set>

namespace taama::carpool {

namespace {

void check_bounds(json::Reader& reader, LatLon point) {
    if (point.lat < -90 || point.lat > 90)
        reader.problem_at("lat", {"doit être entre -90 et 90", "must be between -90 and 90"});
    if (point.lon < -180 || point.lon > 180)
        reader.problem_at("lon", {"doit être entre -180 et 180", "must be between -180 and 180"});
}

void check_price(json::Reader& reader, Money price) {
    if (price.minor > price_max)
        reader.problem_at("price_per_seat", {"montant trop élevé", "the amount is too high"});
}

}  // namespace

void NamedPoint::check(json::Reader& reader) const { check_bounds(reader, point()); }
void StopPoint::check(json::Reader& reader) const { check_bounds(reader, point()); }

void NewStop::check(json::Reader& reader) const {
    if (!pickup_allowed.value_or(true) && !dropoff_allowed.value_or(true))
        reader.problem_at("pickup_allowed", {"un arrêt doit permettre la montée ou la descente",
                                             "a stop must allow getting on or getting off"});
}

void check_stops(const std::vector<NewStop>& stops, json::Reader& reader) {
    if (stops.size() > stops_max)
        reader.problem_at("stops", {"8 arrêts au plus", "8 stops at most"});
    std::set<std::int64_t> orders;
    for (const NewStop& stop : stops)
        if (!orders.insert(stop.order.value).second)
            reader.problem_at("stops",
                              {"deux arrêts ont le même ordre", "two stops have the same order"});
}

std::int32_t NewTrip::seats() const {
    const auto& seats = seats_offered ? seats_offered : seats_available;
    return seats ? static_cast<std::int32_t>(seats->value) : 0;
}

void NewTrip::check(json::Reader& reader) const {
    check_price(reader, price_per_seat);
    if (stops) check_stops(*stops, reader);
    if (seats_available && seats_offered)
        reader.problem_at("seats_available",
                          {"donnez seats_available ou seats_offered, pas les deux",
                           "give seats_available or seats_offered, not both"});
    if (!seats_available && !seats_offered)
        reader.problem_at("seats_available", json::said_missing());
}

void TripChanges::check(json::Reader& reader) const {
    if (price_per_seat) check_price(reader, *price_per_seat);
    if (stops) check_stops(*stops, reader);
    if (seats_available && seats_offered)
        reader.problem_at("seats_available",
                          {"donnez seats_available ou seats_offered, pas les deux",
                           "give seats_available or seats_offered, not both"});
}

}  // namespace taama::carpool
