#include "modules/carpool/routing.hpp"

#include <cmath>

#include "modules/carpool/settings.hpp"
#include "platform/geo/polyline.hpp"
#include "platform/money/money.hpp"

namespace taama::carpool {

std::int32_t Route::distance_m() const {
    std::int32_t sum = 0;
    for (const RouteLeg& leg : legs) sum += leg.distance_m;
    return sum;
}

std::int32_t Route::drive_s() const {
    std::int32_t sum = 0;
    for (const RouteLeg& leg : legs) sum += leg.drive_s;
    return sum;
}

EstimateTerms estimate_terms(const settings::Current& settings) {
    return {settings.get(settings_keys::fallback_factor_pct),
            settings.get(settings_keys::fallback_kmh)};
}

RouteLeg estimate_leg(LatLon from, LatLon to, EstimateTerms terms) {
    const double metres = taama::distance_m(from, to) * static_cast<double>(terms.factor_pct) / 100;
    const auto distance = static_cast<std::int64_t>(std::floor(metres + 0.5));
    return {static_cast<std::int32_t>(distance),
            static_cast<std::int32_t>(half_up(distance, 36, terms.speed_kmh * 10))};
}

Route estimate_route(std::span<const LatLon> points, EstimateTerms terms) {
    Route route;
    for (std::size_t i = 1; i < points.size(); ++i)
        route.legs.push_back(estimate_leg(points[i - 1], points[i], terms));
    route.polyline6 = encode_polyline(points);
    return route;
}

Task<Route> EstimateRouting::route(std::vector<LatLon> points) {
    co_return estimate_route(points, estimate_terms(settings_));
}

}  // namespace taama::carpool
