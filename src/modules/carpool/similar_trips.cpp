// GET /trips/{id}/similar: what else goes the same way, for those whose trip does not suit or was
// cancelled.

#include "modules/carpool/operations.hpp"
#include "modules/carpool/settings.hpp"

namespace taama::carpool {

namespace {

constexpr std::size_t similar_max = 5;
constexpr auto days_apart = std::chrono::days{1};

}  // namespace

Task<http::List<HitView>> find_similar_trips(const Deps& deps, http::Context& context,
                                             http::MaybeCaller caller, http::Path<TripId> id) {
    const TripRecord trip = co_await find_visible(deps, caller.caller, *id, context.now);
    SearchQuery same_way;
    same_way.from = {trip.origin_point.lat, trip.origin_point.lon};
    same_way.to = {trip.destination_point.lat, trip.destination_point.lon};
    Search search = to_search(deps, same_way, caller.caller, context.now);
    const std::chrono::sys_days day{trip.depart_day};
    search.days = {Date{day - days_apart}, Date{day + days_apart}};
    search.limit = similar_max + 1;  // the trip itself may be among them

    http::List<HitView> list;
    const HitPage found = co_await find_hits(deps, search);
    for (const Hit& hit : found.hits)
        if (hit.trip_id != trip.id && list.items.size() < similar_max)
            list.items.push_back(to_view(hit, search, deps.file_urls));
    co_return list;
}

}  // namespace taama::carpool
