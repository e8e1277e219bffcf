#pragma once

// The earth in squares of a tenth of a degree, about 11 km of latitude.

#include <bit>
#include <cstddef>
#include <cstdint>

#include "platform/geo/lat_lon.hpp"

namespace taama::carpool {

inline constexpr int place_columns = 3'600;  // around the earth

struct PlaceCell {
    std::int16_t row;     // from the south pole
    std::int16_t column;  // eastwards from the date line

    bool operator==(const PlaceCell&) const = default;
};
PlaceCell cell_of(LatLon point);

struct PlaceCellHash {
    std::size_t operator()(PlaceCell cell) const { return std::bit_cast<std::uint32_t>(cell); }
};

// The cells that a circle may touch.
class CellWindow {
public:
    // `near_degrees` of latitude are its radius.
    CellWindow(LatLon center, double near_degrees);

    std::size_t size() const { return static_cast<std::size_t>(height_ * width_); }
    bool contains(PlaceCell cell) const {
        const int east = cell.column - first_column_;
        return cell.row >= first_row_ && cell.row < first_row_ + height_ &&
               (east < 0 ? east + place_columns : east) < width_;
    }
    void each(auto&& look) const {
        for (int row = first_row_; row < first_row_ + height_; ++row)
            for (int east = 0; east < width_; ++east)
                look(PlaceCell{static_cast<std::int16_t>(row),
                               static_cast<std::int16_t>((first_column_ + east) % place_columns)});
    }

private:
    int first_row_;
    int height_;
    int first_column_;
    int width_;  // eastwards, over the date line if need be
};

}  // namespace taama::carpool
