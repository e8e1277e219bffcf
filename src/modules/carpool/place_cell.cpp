#include "modules/carpool/place_cell.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace taama::carpool {

namespace {

constexpr int cells_per_degree = 10;
constexpr int rows = 180 * cells_per_degree + 1;
static_assert(place_columns == 360 * cells_per_degree);

int row_of(double lat) { return static_cast<int>(std::floor((lat + 90) * cells_per_degree)); }
int column_of(double lon) { return static_cast<int>(std::floor((lon + 180) * cells_per_degree)); }
int around_the_earth(int column) {
    return ((column % place_columns) + place_columns) % place_columns;
}

}  // namespace

PlaceCell cell_of(LatLon point) {
    return {.row = static_cast<std::int16_t>(row_of(point.lat)),
            .column = static_cast<std::int16_t>(around_the_earth(column_of(point.lon)))};
}

CellWindow::CellWindow(LatLon center, double near_degrees) {
    const double top = std::min(90.0, std::abs(center.lat) + near_degrees);
    // The farthest that the circle reaches in longitude is less than at its end near the pole.
    const double shrink = std::cos(top * std::numbers::pi / 180);
    const double wide = shrink * 180 <= near_degrees ? 180 : near_degrees / shrink;
    first_row_ = std::max(0, row_of(center.lat - near_degrees));
    height_ = std::min(rows, row_of(center.lat + near_degrees) + 1) - first_row_;
    const int west = column_of(center.lon - wide);
    first_column_ = around_the_earth(west);
    width_ = std::min(place_columns, column_of(center.lon + wide) + 1 - west);
}

}  // namespace taama::carpool
