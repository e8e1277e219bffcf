#pragma once

// What a driver says of a trip.

#include "modules/carpool/trip.hpp"
#include "platform/json/fields.hpp"

namespace taama::carpool {

enum class FirstStatus : std::uint8_t { draft, published };
BOOST_DESCRIBE_ENUM(FirstStatus, draft, published)

// A position whose text is required.
struct NamedPoint {
    double lat = 0;
    double lon = 0;
    json::Text<1, 200> text;

    LatLon point() const { return {lat, lon}; }
    void check(json::Reader& reader) const;
};
BOOST_DESCRIBE_STRUCT(NamedPoint, (), (lat, lon, text))

struct StopPoint {
    double lat = 0;
    double lon = 0;
    std::optional<json::Text<1, 120>> text{};  // the label of a stop without one

    LatLon point() const { return {lat, lon}; }
    void check(json::Reader& reader) const;
};
BOOST_DESCRIBE_STRUCT(StopPoint, (), (lat, lon, text))

struct NewStop {
    json::Int<0, 1000> order;
    StopPoint point;
    std::optional<json::Text<1, 120>> label;
    std::optional<bool> pickup_allowed;
    std::optional<bool> dropoff_allowed;
    std::optional<json::Int<0, 3600>> dwell_s;

    void check(json::Reader& reader) const;
};
BOOST_DESCRIBE_STRUCT(NewStop, (), (order, point, label, pickup_allowed, dropoff_allowed, dwell_s))

inline constexpr std::size_t stops_max = 8;
inline constexpr std::int64_t price_max =
    1'000'000'000;  // minor units; keeps every product in range
void check_stops(const std::vector<NewStop>& stops, json::Reader& reader);

struct NewTrip {
    NamedPoint origin;
    NamedPoint destination;
    UtcTime departure_time;
    Money price_per_seat;
    std::optional<json::Int<1, 60>> seats_available;
    std::optional<json::Int<1, 60>> seats_offered;
    std::optional<VehicleId> vehicle_id;
    std::optional<UtcTime> arrival_eta;
    std::optional<std::vector<NewStop>> stops;
    std::optional<json::Text<0, 200>> luggage_policy;
    std::optional<json::Text<0, 1000>> rules;
    std::optional<bool> allow_auto_accept;
    std::optional<bool> cash_allowed;
    std::optional<bool> en_route;
    std::optional<json::Int<0, 60>> max_detour_min;
    std::optional<FirstStatus> status;

    std::int32_t seats() const;
    std::string_view seats_field() const {
        return seats_offered ? "seats_offered" : "seats_available";
    }
    void check(json::Reader& reader) const;
};
BOOST_DESCRIBE_STRUCT(NewTrip, (),
                      (origin, destination, departure_time, price_per_seat, seats_available,
                       seats_offered, vehicle_id, arrival_eta, stops, luggage_policy, rules,
                       allow_auto_accept, cash_allowed, en_route, max_detour_min, status))

struct TripChanges {
    std::optional<NamedPoint> origin;
    std::optional<NamedPoint> destination;
    std::optional<UtcTime> departure_time;
    std::optional<Money> price_per_seat;
    std::optional<json::Int<0, 60>> seats_available;
    std::optional<json::Int<1, 60>> seats_offered;
    std::optional<VehicleId> vehicle_id;
    std::optional<UtcTime> arrival_eta;
    std::optional<std::vector<NewStop>> stops;
    json::Patch<json::Text<0, 200>> luggage_policy;
    json::Patch<json::Text<0, 1000>> rules;
    std::optional<bool> allow_auto_accept;
    std::optional<bool> cash_allowed;
    std::optional<bool> en_route;
    std::optional<json::Int<0, 60>> max_detour_min;

    bool moves_route() const { return origin || destination || stops || arrival_eta; }
    void check(json::Reader& reader) const;
};
BOOST_DESCRIBE_STRUCT(TripChanges, (),
                      (origin, destination, departure_time, price_per_seat, seats_available,
                       seats_offered, vehicle_id, arrival_eta, stops, luggage_policy, rules,
                       allow_auto_accept, cash_allowed, en_route, max_detour_min))

}  // namespace taama::carpool
