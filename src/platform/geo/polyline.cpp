#include "platform/geo/polyline.hpp"

#include <cmath>
#include <cstdint>

namespace taama {

namespace {

constexpr double precision = 1e6;

void append(std::string& out, std::int64_t value) {
    auto bits = static_cast<std::uint64_t>(value << 1);
    if (value < 0) bits = ~bits;
    while (bits >= 0x20) {
        out += static_cast<char>((0x20 | (bits & 0x1f)) + 63);
        bits >>= 5;
    }
    out += static_cast<char>(bits + 63);
}

std::optional<std::int64_t> take(std::string_view& text) {
    std::uint64_t bits = 0;
    for (int shift = 0; shift < 60; shift += 5) {
        if (text.empty() || text.front() < 63) return std::nullopt;
        const auto chunk = static_cast<std::uint64_t>(text.front() - 63);
        text.remove_prefix(1);
        bits |= (chunk & 0x1f) << shift;
        if (chunk < 0x20)
            return static_cast<std::int64_t>((bits & 1) != 0 ? ~(bits >> 1) : bits >> 1);
    }
    return std::nullopt;
}

}  // namespace

std::string encode_polyline(std::span<const LatLon> points) {
    std::string out;
    std::int64_t lat = 0;
    std::int64_t lon = 0;
    for (const LatLon& point : points) {
        const auto next_lat = std::llround(point.lat * precision);
        const auto next_lon = std::llround(point.lon * precision);
        append(out, next_lat - lat);
        append(out, next_lon - lon);
        lat = next_lat;
        lon = next_lon;
    }
    return out;
}

std::optional<std::vector<LatLon>> decode_polyline(std::string_view text) {
    std::vector<LatLon> points;
    std::int64_t lat = 0;
    std::int64_t lon = 0;
    while (!text.empty()) {
        const auto lat_step = take(text);
        const auto lon_step = lat_step ? take(text) : std::nullopt;
        if (!lon_step) return std::nullopt;
        lat += *lat_step;
        lon += *lon_step;
        const LatLon point{static_cast<double>(lat) / precision,
                           static_cast<double>(lon) / precision};
        // Checked at each step, so that the sums cannot overflow either.
        if (!in_bounds(point)) return std::nullopt;
        points.push_back(point);
    }
    return points;
}

}  // namespace taama
