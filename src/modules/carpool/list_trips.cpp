// GET /trips: a driver's own trips.

#include "modules/carpool/operations.hpp"
#include "modules/carpool/riders.hpp"
#include "modules/carpool/trip_reader.hpp"

namespace taama::carpool {

namespace {

struct TripPage {
    std::vector<TripId> ids;
    std::int64_t total = 0;
};

PG_STATEMENT constexpr pg::Sql find_trip_page_sql{"carpool.find_trip_page", R"sql(
    select id, count(*) over () as total
      from carpool.trips
     where driver_id = $1 and deleted_at is null
       and (cardinality($2::text[]) = 0 or status = any ($2))
       and ($3::timestamptz is null or departure_time >= $3)
       and ($4::timestamptz is null or departure_time <= $4)
       and $5::uuid is null
     order by case when $6 = 'departure_time' then departure_time end,
              case when $6 = '-departure_time' then departure_time end desc,
              case when $6 = 'created_at' then created_at end,
              case when $6 = '-created_at' then created_at end desc, id
     limit $7 offset $8)sql"};

Task<TripPage> find_trip_page(pg::Tx& tx, AccountId driver, const TripQuery& query,
                              const http::Paging& paging) {
    std::string order = "-departure_time";
    if (query.sort && !query.sort->by.empty()) {
        const json::SortField& by = query.sort->by.front();
        order = (by.descending ? "-" : "") + std::string{by.field};
    }
    const pg::Rows rows = co_await tx.query(
        find_trip_page_sql, driver, query.status ? query.status->values : std::vector<TripStatus>{},
        query.departure_time_gte, query.departure_time_lte, query.series_id, order,
        paging.page_size, paging.offset());
    TripPage page;
    for (int i = 0; i < rows.size(); ++i) {
        page.ids.push_back(rows[i].get<TripId>(0));
        page.total = rows[i].get<std::int64_t>(1);
    }
    co_return page;
}

}  // namespace

Task<http::List<TripView>> list_trips(const Deps& deps, pg::Tx& tx, http::Context& context,
                                      http::Driver driver, http::Query<TripQuery> query,
                                      http::Paging paging) {
    const TripPage page = co_await find_trip_page(tx, driver.id, *query, paging);
    http::List<TripView> list;
    list.pagination = paging.of(page.total);
    if (page.ids.empty()) co_return list;
    const auto trips = co_await deps.trip_reader.look_at(tx, page.ids, driver.id);
    list.items = co_await views_for_driver(deps, tx, trips, context.now);
    co_return list;
}

}  // namespace taama::carpool
