#include "modules/carpool/location_store.hpp"

namespace taama::carpool {

namespace {

PG_STATEMENT constexpr pg::Sql find_location_trip_sql{"carpool.find_location_trip", R"sql(
    select t.id as trip_id, t.driver_id, t.departure_time, t.arrival_eta, t.started_at,
           coalesce(t.ended_at, t.cancelled_at) as ended_at, b.pickup_at, b.pickup_point,
           coalesce(b.checked_in_at, b.started_at) as boarded_at,
           coalesce(b.ended_at, b.cancelled_at) as ride_ended_at
      from carpool.trips t
      left join carpool.bookings b
        on b.trip_id = t.id and b.passenger_id = $2
       and (b.paid_at is not null or b.cash_due > 0 and b.status <> 'pending')
     where t.id = $1 and t.deleted_at is null and t.status <> 'draft'
     order by b.created_at desc
     limit 1)sql"};

}  // namespace

Task<std::optional<LocationTrip>> find_location_trip(pg::Tx& tx, TripId id, Uuid viewer) {
    const pg::Rows rows = co_await tx.query(find_location_trip_sql, id, viewer);
    co_return rows.at_most_one<LocationTrip>();
}

namespace {

PG_STATEMENT constexpr pg::Sql find_driver_trips_sql{"carpool.find_driver_trips", R"sql(
    select t.id as trip_id, t.departure_time, t.arrival_eta, t.started_at,
           coalesce(t.ended_at, t.cancelled_at) as ended_at
      from carpool.trips t
     where t.driver_id = $1 and t.deleted_at is null and t.status <> 'draft'
       and t.departure_time <= $3 and coalesce(t.ended_at, t.cancelled_at, 'infinity') >= $2
     order by t.departure_time)sql"};

}  // namespace

Task<std::vector<DriverTrip>> find_driver_trips(pg::Tx& tx, AccountId driver, UtcTime now) {
    const UtcTime latest = now + future_allowed + track_before_departure;
    const pg::Rows rows =
        co_await tx.query(find_driver_trips_sql, driver, now - past_allowed, latest);
    co_return rows.all<DriverTrip>();
}

namespace {

struct OverTrip {
    AccountId driver_id;
    UtcTime started_at;
    UtcTime ended_at;
};
BOOST_DESCRIBE_STRUCT(OverTrip, (), (driver_id, started_at, ended_at))

// Locked, so that of two who measure the later one has seen all points.
PG_STATEMENT constexpr pg::Sql lock_over_trip_sql{"carpool.lock_trip_that_is_over", R"sql(
    select driver_id, started_at, ended_at
      from carpool.trips
     where id = $1 and started_at is not null and ended_at is not null
       for update)sql"};

PG_STATEMENT constexpr pg::Sql save_tracked_distance_sql{"carpool.save_tracked_distance", R"sql(
    update carpool.trips set tracked_distance_m = $2 where id = $1)sql"};

}  // namespace

Task<void> measure_trip(pg::Tx& tx, TripId id) {
    const pg::Rows rows = co_await tx.query(lock_over_trip_sql, id);
    const auto trip = rows.at_most_one<OverTrip>();
    if (!trip) co_return;
    const auto distance =
        co_await drivers::find_distance_m(tx, trip->driver_id, {trip->started_at, trip->ended_at});
    tx.enqueue_one(save_tracked_distance_sql, id, distance);
}

}  // namespace taama::carpool
