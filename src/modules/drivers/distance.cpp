#include "modules/drivers/distance.hpp"

#include <cmath>
#include <vector>

namespace taama::drivers {

namespace {

constexpr double speed_max_mps = 45;
constexpr std::size_t points_to_believe = 3;

bool can_reach(const TrackPoint& from, const TrackPoint& to) {
    const double seconds = std::chrono::duration<double>(to.at - from.at).count();
    return distance_m(from.point, to.point) <= speed_max_mps * seconds;
}

std::int64_t segment_cm(const TrackPoint& from, const TrackPoint& to) {
    return static_cast<std::int64_t>(std::floor(distance_m(from.point, to.point) * 100 + 0.5));
}

}  // namespace

std::int32_t distance_along_m(std::span<const TrackPoint> points) {
    if (points.empty()) return 0;
    std::int64_t sum_cm = 0;
    TrackPoint last = points.front();
    std::vector<TrackPoint> doubted;  // one after the other too far from `last`
    for (const TrackPoint& point : points.subspan(1)) {
        if (point.at <= last.at || (!doubted.empty() && point.at <= doubted.back().at)) continue;
        if (can_reach(last, point)) {
            sum_cm += segment_cm(last, point);
            last = point;
            doubted.clear();
            continue;
        }
        if (!doubted.empty() && !can_reach(doubted.back(), point)) doubted.clear();
        doubted.push_back(point);
        if (doubted.size() < points_to_believe) continue;
        for (std::size_t i = 1; i < doubted.size(); ++i)
            sum_cm += segment_cm(doubted[i - 1], doubted[i]);
        last = doubted.back();
        doubted.clear();
    }
    return static_cast<std::int32_t>((sum_cm + 50) / 100);
}

}  // namespace taama::drivers
