#include "modules/carpool/place_cell.hpp"

#include <gtest/gtest.h>

namespace taama::carpool {
namespace {

TEST(PlaceCell, StandsForATenthOfADegree) {
    const struct {
        LatLon point;
        PlaceCell want;
    } cases[] = {
        {{-90, -180}, {0, 0}},        {{90, 180}, {1800, 0}},         {{0, 0}, {900, 1800}},
        {{5.36, -4.01}, {953, 1759}}, {{-0.01, 179.99}, {899, 3599}},
    };
    for (const auto& each : cases)
        EXPECT_EQ(cell_of(each.point), each.want) << each.point.lat << ' ' << each.point.lon;
}

TEST(CellWindow, HoldsEachCellOfTheCircleOnce) {
    const struct {
        LatLon center;
        double near_degrees;
        std::size_t size;
    } cases[] = {
        {{5.3, -4.0}, 0.01, 4},  // at the corner of four
        {{0.05, 0.05}, 0.2, 25},
        {{60.05, 0.05}, 0.2, 5 * 9},   // columns are half as wide there
        {{0.05, 179.95}, 0.2, 25},     // over the date line
        {{89.95, 0}, 0.2, 4 * 3'600},  // with the pole itself
        {{-89.95, 0}, 0.2, 3 * 3'600},
    };
    for (const auto& each : cases) {
        const CellWindow window{each.center, each.near_degrees};
        EXPECT_EQ(window.size(), each.size) << each.center.lat << ' ' << each.center.lon;
        EXPECT_TRUE(window.contains(cell_of(each.center)));
        std::size_t seen = 0;
        window.each([&](PlaceCell cell) {
            ++seen;
            EXPECT_TRUE(window.contains(cell));
        });
        EXPECT_EQ(seen, each.size);
        // And no other.
        std::size_t inside = 0;
        for (std::int16_t row = 0; row <= 1800; ++row)
            for (std::int16_t column = 0; column < place_columns; ++column)
                inside += window.contains({row, column}) ? 1 : 0;
        EXPECT_EQ(inside, each.size);
    }
}

}  // namespace
}  // namespace taama::carpool
