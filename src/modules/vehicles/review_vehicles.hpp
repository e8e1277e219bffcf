#pragma once

// /admin/vehicles: staff verify a vehicle, and give it to its owner when somebody else has entered
// the plate.

#include <vector>

#include "modules/vehicles/calendar.hpp"
#include "modules/vehicles/vehicle.hpp"
#include "platform/http/routes.hpp"

namespace taama::vehicles {

struct ReviewedVehicleView : VehicleView {
    std::optional<AccountId> owner_user_id;
    std::optional<StaffId> verified_by;
    std::optional<UtcTime> verified_at;
    std::optional<UtcTime> archived_at;
};
BOOST_DESCRIBE_STRUCT(ReviewedVehicleView, (VehicleView),
                      (owner_user_id, verified_by, verified_at, archived_at))

struct ReviewedVehicleDetail : ReviewedVehicleView {
    std::vector<CalendarEntry> calendar;  // of the coming 92 days
    std::vector<CalendarEntry> uses;      // all of them, the newest first
};
BOOST_DESCRIBE_STRUCT(ReviewedVehicleDetail, (ReviewedVehicleView), (calendar, uses))

struct ReviewQuery {
    std::optional<bool> verified;
    std::optional<AccountId> owner_user_id;
    std::optional<json::Sort<"created_at">> sort;
};
BOOST_DESCRIBE_STRUCT(ReviewQuery, (), (verified, owner_user_id, sort))
Task<http::List<ReviewedVehicleView>> list_all_vehicles(const Deps& deps, pg::Tx& tx, http::Staff,
                                                        http::Query<ReviewQuery> query,
                                                        http::Paging paging);

Task<http::Ok<ReviewedVehicleDetail>> show_any_vehicle(const Deps& deps, pg::Tx& tx,
                                                       http::Context& context, http::Staff,
                                                       http::Path<VehicleId> id);

struct Review {
    std::optional<bool> verified;
    std::optional<AccountId> owner_user_id;
    std::optional<json::Text<1, 300>> note;  // why, for the audit
};
BOOST_DESCRIBE_STRUCT(Review, (), (verified, owner_user_id, note))
Task<http::Ok<ReviewedVehicleDetail>> review_vehicle(const Deps& deps, pg::Tx& tx,
                                                     http::Context& context, http::Staff staff,
                                                     http::Path<VehicleId> id,
                                                     http::IfMatch if_match,
                                                     http::Body<Review> body);

}  // namespace taama::vehicles
