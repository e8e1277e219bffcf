#include "modules/carpool/trip_index_store.hpp"

namespace taama::carpool {

namespace {

constexpr std::size_t hold_numbers = 4;

}  // namespace

// A row per open stop with the segment that begins there; the holds come with the origin. What is
// joined may be missing, so that a page always says where it ended.
#define INDEXED_COLUMNS \
    R"sql(
    select t.id, t.row_version, t.driver_id, t.departure_time, t.price_per_seat, t.distance_m,
           t.allow_auto_accept, t.cash_allowed, v.comfort_level,
           c.driver_rating_sum as rating_sum, c.driver_rating_count as rating_count,
           s.id as stop_id, s."order", s.label, s.point, s.pickup_allowed, s.dropoff_allowed,
           s.offset_m, s.arrive_at, s.depart_at, s.depart_day, g.to_m as segment_to_m,
           g.seats_free,
           case when s.offset_m = 0 then array(
               select u
                 from carpool.bookings b
                cross join lateral unnest(array[
                      b.seats::bigint, b.from_m, b.to_m,
                      (extract(epoch from b.hold_expires_at) * 1000000)::bigint]) u
                where b.trip_id = t.id and b.status = 'accepted' and b.seats_held
                  and b.hold_expires_at is not null)
           end as holds
)sql"
#define INDEXED_TRIP \
    R"sql(
        select t.id, t.xmin as row_version, t.driver_id, t.vehicle_id, t.departure_time,
               t.price_per_seat, t.distance_m, t.allow_auto_accept, t.cash_allowed
          from carpool.trips t
         where t.status in ('published', 'ongoing') and t.deleted_at is null
)sql"
#define INDEXED_JOINS \
    R"sql(
      left join vehicles.cards v on v.id = t.vehicle_id
      left join identity.person_cards c on c.id = t.driver_id
      left join carpool.trip_stops s on s.trip_id = t.id and s.open
      left join carpool.trip_segments g on g.trip_id = s.trip_id and g.from_m = s.offset_m
)sql"

PG_STATEMENT constexpr pg::Sql find_indexed_trips_sql{
    "carpool.find_indexed_trips",
    INDEXED_COLUMNS " from (" INDEXED_TRIP " and t.id = any ($1)) t " INDEXED_JOINS R"sql(
     order by t.id, s."order")sql"};

// $1 status, $2 and $3 the last one before. With the limit as a parameter PostgreSQL would prepare
// for a tenth of all trips, and read every account.
PG_STATEMENT constexpr pg::Sql find_indexed_page_sql{"carpool.find_indexed_page",
                                                     R"sql(
    with page as materialized ()sql" INDEXED_TRIP R"sql(
           and t.status = $1 and t.departure_time >= $2
           and (t.departure_time, t.id) > ($2, $3::uuid)
         order by t.departure_time, t.id
         limit 2000
    ))sql" INDEXED_COLUMNS R"sql(
      from page t)sql" INDEXED_JOINS R"sql(
     order by t.departure_time, t.id, s."order")sql"};

#undef INDEXED_COLUMNS
#undef INDEXED_TRIP
#undef INDEXED_JOINS

namespace {

struct StopRow {
    TripId id;
    std::uint32_t row_version = 0;
    AccountId driver_id;
    UtcTime departure_time;
    std::int64_t price_per_seat = 0;
    std::int32_t distance_m = 0;
    bool allow_auto_accept = false;
    bool cash_allowed = true;
    std::optional<vehicles::ComfortLevel> comfort_level;
    std::optional<std::int32_t> rating_sum;
    std::optional<std::int32_t> rating_count;
    std::optional<StopId> stop_id;
    std::optional<std::uint8_t> order;
    std::optional<std::string> label;
    std::optional<LatLon> point;
    std::optional<bool> pickup_allowed;
    std::optional<bool> dropoff_allowed;
    std::optional<std::int32_t> offset_m;
    std::optional<UtcTime> arrive_at;
    std::optional<UtcTime> depart_at;
    std::optional<Date> depart_day;
    std::optional<std::int32_t> segment_to_m;
    std::optional<std::int16_t> seats_free;
    std::optional<std::vector<std::int64_t>> holds;

    // Without one of them no search finds the trip.
    bool is_whole() const { return comfort_level && rating_sum && order; }
};
BOOST_DESCRIBE_STRUCT(StopRow, (),
                      (id, row_version, driver_id, departure_time, price_per_seat, distance_m,
                       allow_auto_accept, cash_allowed, comfort_level, rating_sum, rating_count,
                       stop_id, order, label, point, pickup_allowed, dropoff_allowed, offset_m,
                       arrive_at, depart_at, depart_day, segment_to_m, seats_free, holds))

IndexedTrip to_trip(const StopRow& row) {
    return {.id = row.id,
            .driver_id = row.driver_id,
            .departure_time = row.departure_time,
            .price_per_seat = row.price_per_seat,
            .distance_m = row.distance_m,
            .row_version = row.row_version,
            .rating_sum = *row.rating_sum,
            .rating_count = *row.rating_count,
            .comfort_level = *row.comfort_level,
            .allow_auto_accept = row.allow_auto_accept,
            .cash_allowed = row.cash_allowed,
            .stops = {},
            .labels = {},
            .holds = {}};
}

IndexedStop to_stop(const StopRow& row) {
    return {.id = *row.stop_id,
            .point = *row.point,
            .arrive_at = *row.arrive_at,
            .depart_at = *row.depart_at,
            .depart_day = static_cast<std::int32_t>(
                std::chrono::sys_days{*row.depart_day}.time_since_epoch().count()),
            .offset_m = *row.offset_m,
            .segment_to_m = row.segment_to_m.value_or(0),
            .seats_free = row.seats_free.value_or(0),
            .order = *row.order,
            .pickup_allowed = *row.pickup_allowed,
            .dropoff_allowed = *row.dropoff_allowed};
}

std::vector<IndexedHold> to_holds(const std::vector<std::int64_t>& numbers) {
    std::vector<IndexedHold> holds;
    for (std::size_t i = 0; i + hold_numbers <= numbers.size(); i += hold_numbers)
        holds.push_back({.expires_at = UtcTime{Microseconds{numbers[i + 3]}},
                         .seats = static_cast<std::int32_t>(numbers[i]),
                         .from_m = static_cast<std::int32_t>(numbers[i + 1]),
                         .to_m = static_cast<std::int32_t>(numbers[i + 2])});
    return holds;
}

// Rows of one trip stand together.
IndexedPage to_page(const pg::Rows& rows) {
    IndexedPage page;
    for (int i = 0; i < rows.size(); ++i) {
        const auto row = rows[i].as<StopRow>();
        page.last = {row.departure_time, row.id};
        if (!row.is_whole()) continue;
        if (page.trips.empty() || page.trips.back().id != row.id)
            page.trips.push_back(to_trip(row));
        IndexedTrip& trip = page.trips.back();
        trip.stops.push_back(to_stop(row));
        trip.labels += *row.label;
        trip.labels += '\0';
        if (row.holds) trip.holds = to_holds(*row.holds);
    }
    return page;
}

}  // namespace

Task<std::vector<IndexedTrip>> find_indexed_trips(pg::Db& db, const std::vector<TripId>& trips) {
    co_return to_page(co_await db.query(find_indexed_trips_sql, trips)).trips;
}

Task<IndexedPage> find_indexed_page(pg::Db& db, TripStatus status, IndexedPlace after) {
    co_return to_page(
        co_await db.query_slow(find_indexed_page_sql, status, after.departure_time, after.id));
}

}  // namespace taama::carpool
