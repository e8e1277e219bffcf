#include "modules/carpool/trip_shapes.hpp"

namespace taama::carpool {

std::shared_ptr<const TripShape> TripShapes::find(TripId id, std::uint32_t row_version) {
    auto shape = shapes_.find(id);
    if (!shape || (*shape)->row_version != row_version) return nullptr;
    return std::move(*shape);
}

void TripShapes::keep(const TripShape& shape) {
    shapes_.put(shape.id, std::make_shared<const TripShape>(shape));
}

}  // namespace taama::carpool
