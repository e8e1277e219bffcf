#pragma once

// The port behind which routes are found. Adapters may ask outside services; the estimate below
// answers from the great circle and never fails.

#include <boost/describe/enum.hpp>

#include <span>
#include <string>
#include <vector>

#include "platform/geo/lat_lon.hpp"
#include "platform/task.hpp"

namespace taama::settings {
class Current;
}

namespace taama::carpool {

enum class RouteSource : std::uint8_t { osrm, mapbox, valhalla, estimate };
BOOST_DESCRIBE_ENUM(RouteSource, osrm, mapbox, valhalla, estimate)

struct RouteLeg {
    std::int32_t distance_m;
    std::int32_t drive_s;
};

struct Route {
    std::vector<RouteLeg> legs;  // one fewer than the points
    std::string polyline6;
    RouteSource source = RouteSource::estimate;

    std::int32_t distance_m() const;
    std::int32_t drive_s() const;
};

class Routing {
public:
    virtual ~Routing() = default;
    // Through all points in their order. Never blocks for longer than 2 s: then it estimates.
    virtual Task<Route> route(std::vector<LatLon> points) = 0;
};

// distance = half_up(great circle × factor), time = half_up(distance × 3.6 / speed).
struct EstimateTerms {
    std::int64_t factor_pct = 130;
    std::int64_t speed_kmh = 60;
};
// As the settings routing.fallback_* say now.
EstimateTerms estimate_terms(const settings::Current& settings);
RouteLeg estimate_leg(LatLon from, LatLon to, EstimateTerms terms);
Route estimate_route(std::span<const LatLon> points, EstimateTerms terms);

class EstimateRouting final : public Routing {
public:
    explicit EstimateRouting(const settings::Current& settings) : settings_(settings) {}
    Task<Route> route(std::vector<LatLon> points) override;

private:
    const settings::Current& settings_;
};

}  // namespace taama::carpool
