// GET /trips/search: legs between stops, near both ends, best first.

#include "modules/carpool/geometry.hpp"
#include "modules/carpool/operations.hpp"
#include "modules/carpool/search.hpp"
#include "modules/carpool/settings.hpp"

namespace taama::carpool {

namespace keys = settings_keys;

namespace {

constexpr double radius_min_km = 0.5;
constexpr double radius_max_km = 100;
constexpr int days_ahead = 7;  // without a date

Date day_after(Date day, int days) {
    return Date{std::chrono::sys_days{day} + std::chrono::days{days}};
}

std::vector<Date> days_of(const SearchQuery& query, Date today) {
    const int flex = query.flex_days ? static_cast<int>(query.flex_days->value) : 0;
    const Date first = query.date ? day_after(*query.date, -flex) : today;
    const Date last = query.date ? day_after(*query.date, flex) : day_after(today, days_ahead);
    return {first, last};
}

std::optional<std::int32_t> minute_of(const std::optional<json::TimeOfDay>& time) {
    if (!time) return std::nullopt;
    return static_cast<std::int32_t>(time->since_midnight.count());
}

}  // namespace

Search to_search(const Deps& deps, const SearchQuery& query, const http::Caller& caller,
                 UtcTime now) {
    const auto& settings = deps.settings;
    const double radius_km = query.radius_km.value_or(settings.get(keys::default_radius_km));
    Search search{
        .from = cut_to_5_decimals(query.from.point()),
        .to = cut_to_5_decimals(query.to.point()),
        .radius_m = static_cast<std::int64_t>(radius_km * 1000 + 0.5),
        .days = days_of(query, deps.zone.local_date(now)),
        .now = now,
        .price_min = query.price_min ? std::optional{query.price_min->minor} : std::nullopt,
        .price_max = query.price_max ? std::optional{query.price_max->minor} : std::nullopt,
        .seats = query.seats_gte ? static_cast<std::int32_t>(query.seats_gte->value) : 1,
        .comfort = query.comfort ? query.comfort->values : std::vector<vehicles::ComfortLevel>{},
        .rating_min = query.driver_rating_gte,
        .minute_from = minute_of(query.time_from),
        .minute_to = minute_of(query.time_to),
        .utc_offset = deps.zone.offset_at(now),
        .auto_accept = query.auto_accept,
        .cash = query.cash,
        .but_driver = caller.kind == http::Caller::Kind::user ? std::optional{caller.account()}
                                                              : std::nullopt,
        .min_leg_m = settings.get(keys::min_leg_m),
        .price_step = settings.get(keys::leg_price_step),
        .price_floor = settings.get(keys::leg_price_min),
        .reference_price_per_km = settings.get(keys::reference_price_per_km),
        .weights = {settings.get(keys::rank_proximity_bp), settings.get(keys::rank_time_bp),
                    settings.get(keys::rank_price_bp), settings.get(keys::rank_rating_bp),
                    settings.get(keys::rank_detour_bp)},
    };
    if (query.sort && !query.sort->by.empty()) {
        const json::SortField& by = query.sort->by.front();
        const bool known =
            boost::describe::enum_from_string(std::string{by.field}.c_str(), search.order);
        ASSERT(known);
        search.descending = by.descending;
    }
    return search;
}

namespace {

boost::json::object meta_of(const Search& search, SearchEngine engine,
                            const std::vector<Date>& nearest) {
    boost::json::array days;
    for (const Date day : nearest) days.emplace_back(to_string(day));
    return {{"search",
             {{"engine", name_of(engine)},
              {"radius_km", static_cast<double>(search.radius_m) / 1000},
              {"nearest_days", std::move(days)}}}};
}

}  // namespace

void SearchQuery::check(json::Reader& reader) const {
    if (radius_km && (*radius_km < radius_min_km || *radius_km > radius_max_km))
        reader.problem_at("radius_km",
                          {"doit être entre 0,5 et 100", "must be between 0.5 and 100"});
    if (driver_rating_gte && (*driver_rating_gte < 0 || *driver_rating_gte > 5))
        reader.problem_at("driver_rating_gte",
                          {"doit être entre 0 et 5", "must be between 0 and 5"});
    if (price_min && price_max && *price_min > *price_max)
        reader.problem_at("price_min",
                          {"ne peut pas dépasser price_max", "must not be above price_max"});
}

Task<http::List<HitView>> search_trips(const Deps& deps, http::Context& context,
                                       http::MaybeCaller caller, http::Query<SearchQuery> query,
                                       http::Paging paging) {
    Search search = to_search(deps, *query, caller.caller, context.now);
    search.limit = paging.page_size;
    search.offset = paging.offset();
    const auto begin = std::chrono::steady_clock::now();
    const HitPage found = co_await find_hits(deps, search);
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begin;
    deps.db.tell("trips.searched", {{"engine", name_of(found.engine)},
                                    {"empty", found.hits.empty()},
                                    {"seconds", took.count()}});

    http::List<HitView> list;
    list.items.reserve(found.hits.size());
    for (const Hit& hit : found.hits) list.items.push_back(to_view(hit, search, deps.file_urls));
    // Behind the last page nobody counted.
    const bool counted = !found.hits.empty() || paging.page == 1;
    std::vector<Date> nearest;
    const Date today = deps.zone.local_date(context.now);
    if (found.hits.empty() && paging.page == 1 && query->date && *query->date >= today)
        nearest = co_await find_nearest_days(deps.db, search, *query->date);
    list.pagination = paging.of(counted ? std::optional{found.total} : std::nullopt);
    list.meta = meta_of(search, found.engine, nearest);
    co_return list;
}

HitView to_view(const Hit& hit, const Search& search, const files::Urls& urls) {
    Leg leg;
    leg.from = {hit.from_stop_id, PointMode::stop, hit.from_order, hit.from_point,
                hit.from_label,   hit.from_at,     hit.from_m,     hit.access_from_m};
    leg.to = {hit.to_stop_id, PointMode::stop, hit.to_order, hit.to_point,
              hit.to_label,   hit.to_at,       hit.to_m,     hit.access_to_m};
    leg.whole_trip = hit.whole_trip;
    leg.price_per_seat = hit.leg_price;
    const RankParts parts = parts_of(hit, search);
    return {
        .trip_id = hit.trip_id,
        .driver = to_card(static_cast<const PersonFacts&>(hit), urls),
        .vehicle = to_card(static_cast<const VehicleRow&>(hit), urls, PlateShown::no),
        .origin = {hit.origin_point.lat, hit.origin_point.lon, hit.origin_text},
        .destination = {hit.destination_point.lat, hit.destination_point.lon, hit.destination_text},
        .departure_time = hit.departure_time,
        .arrival_eta = hit.arrival_eta,
        .trip_price_per_seat = {hit.price_per_seat, hit.currency},
        .seats_available = hit.seats_available,
        .allow_auto_accept = hit.allow_auto_accept,
        .cash_allowed = hit.cash_allowed,
        .luggage_policy = hit.luggage_policy,
        .rules = hit.rules,
        .match = {to_view(leg, hit.currency, hit.seats_free),
                  {rank_score_e8(parts, search.weights)},
                  {{parts.proximity}, {parts.time}, {parts.price}, {parts.rating}, {parts.detour}}},
    };
}

}  // namespace taama::carpool
