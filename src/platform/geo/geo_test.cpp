#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "platform/geo/lat_lon.hpp"
#include "platform/geo/polyline.hpp"

namespace taama {
namespace {

constexpr LatLon plateau{5.3575, -4.0083};
constexpr LatLon yamoussoukro{6.8190, -5.2760};
constexpr LatLon toumodi{6.5580, -5.0190};
constexpr LatLon bouake{7.6900, -5.0300};
constexpr LatLon lome{6.1319, 1.2228};
constexpr LatLon kara{9.5511, 1.1861};

TEST(Distance, GreatCircles) {
    struct Case {
        LatLon from, to;
        double metres;
    };
    const Case cases[] = {
        {plateau, yamoussoukro, 214'605.88},
        {plateau, toumodi, 174'107.18},
        {toumodi, yamoussoukro, 40'593.65},
        {yamoussoukro, bouake, 100'580.29},
        {lome, kara, 380'219.70},
        {plateau, plateau, 0},
    };
    for (const Case& c : cases) {
        SCOPED_TRACE(c.metres);
        EXPECT_NEAR(distance_m(c.from, c.to), c.metres, 0.005);
        EXPECT_DOUBLE_EQ(distance_m(c.from, c.to), distance_m(c.to, c.from));
    }
    EXPECT_NEAR(distance_m({0, 0}, {0, 180}), 6'371'008.7714 * M_PI, 0.01);
    EXPECT_NEAR(distance_m({0, 179.5}, {0, -179.5}), 111'195.08, 0.01);
}

TEST(LatLon, Bounds) {
    constexpr double nan = std::numeric_limits<double>::quiet_NaN();
    const std::pair<LatLon, bool> cases[] = {
        {{90, 180}, true},       {{-90, -180}, true}, {{90.000001, 0}, false}, {{0, 181}, false},
        {{0, -180.0001}, false}, {{nan, 0}, false},   {{0, nan}, false},
    };
    for (const auto& [point, inside] : cases) EXPECT_EQ(in_bounds(point), inside);
}

TEST(Polyline, ThereAndBack) {
    // The example of the algorithm's description, written with six decimals instead of five.
    const std::vector<LatLon> points{{38.5, -120.2}, {40.7, -120.95}, {43.252, -126.453}};
    EXPECT_EQ(encode_polyline(points), "_izlhA~rlgdF_{geC~ywl@_kwzCn`{nI");
    EXPECT_EQ(decode_polyline("_izlhA~rlgdF_{geC~ywl@_kwzCn`{nI"), points);
    EXPECT_EQ(encode_polyline({}), "");
    EXPECT_EQ(decode_polyline(""), std::vector<LatLon>{});
    const std::vector<LatLon> road{plateau, toumodi, toumodi, yamoussoukro, {-90, 180}, {90, -180}};
    EXPECT_EQ(decode_polyline(encode_polyline(road)), road);
}

TEST(Polyline, RefusesDamage) {
    const std::string text = encode_polyline(std::vector{plateau, yamoussoukro});
    for (std::size_t cut = 1; cut < text.size(); ++cut) {
        const auto points = decode_polyline(text.substr(0, cut));
        if (points) EXPECT_EQ(points->size(), 1u) << cut;
    }
    EXPECT_FALSE(decode_polyline("\x01"));
    EXPECT_FALSE(decode_polyline("\xff\xff"));
    EXPECT_FALSE(decode_polyline(std::string(100, '~')));
    EXPECT_FALSE(decode_polyline("~~~~~~^~~~~~~^"));  // far out of bounds
}

}  // namespace
}  // namespace taama
