#include "modules/carpool/location_store.hpp"

#include "platform/pg/in_places.hpp"

namespace taama::carpool {

namespace {

// $1 trips, $2 who looks. His live booking and those before it have an index each.
PG_STATEMENT constexpr pg::Sql find_location_trips_sql{"carpool.find_location_trips", R"sql(
    select t.id as trip_id, t.driver_id, t.departure_time, t.arrival_eta, t.started_at,
           coalesce(t.ended_at, t.cancelled_at) as ended_at, b.pickup_at, b.pickup_point,
           b.boarded_at, b.ride_ended_at, q.place
      from unnest($1::uuid[], $2::uuid[]) with ordinality as q (trip_id, viewer_id, place)
      join carpool.trips t
        on t.id = q.trip_id and t.deleted_at is null and t.status <> 'draft'
      left join lateral (
           select pickup_at, pickup_point, coalesce(checked_in_at, started_at) as boarded_at,
                  coalesce(ended_at, cancelled_at) as ride_ended_at
             from (select * from carpool.bookings
                    where passenger_id = q.viewer_id and trip_id = t.id
                      and status in ('pending', 'accepted', 'paid')
                   union all
                   select * from carpool.bookings
                    where passenger_id = q.viewer_id and trip_id = t.id
                      and status in ('cancelled', 'completed')) his
            where paid_at is not null or cash_due > 0 and status <> 'pending'
            order by created_at desc
            limit 1) b on true)sql"};

struct PlacedTrip : LocationTrip {
    std::size_t place = 0;  // from 1
};
BOOST_DESCRIBE_STRUCT(PlacedTrip, (LocationTrip), (place))

template <class Database>
Task<std::vector<std::optional<LocationTrip>>> find_location(
    Database& db, const std::vector<LocationLook>& looks) {
    std::vector<TripId> trips;
    std::vector<Uuid> viewers;
    for (const LocationLook& look : looks) {
        trips.push_back(look.trip);
        viewers.push_back(look.viewer);
    }
    const pg::Rows rows = co_await db.query(find_location_trips_sql, trips, viewers);
    co_return pg::in_places<LocationTrip>(rows.all<PlacedTrip>(), looks.size());
}

}  // namespace

Task<std::optional<LocationTrip>> find_location_trip(pg::Tx& tx, TripId id, Uuid viewer) {
    co_return (co_await find_location(tx, {{id, viewer}})).front();
}

Task<std::vector<std::optional<LocationTrip>>> find_location_trips(
    pg::Db& db, std::vector<LocationLook> looks) {
    co_return co_await find_location(db, looks);
}

namespace {

// $1 drivers, none twice.
PG_STATEMENT constexpr pg::Sql find_driver_trips_sql{"carpool.find_driver_trips", R"sql(
    select t.id as trip_id, t.departure_time, t.arrival_eta, t.started_at,
           coalesce(t.ended_at, t.cancelled_at) as ended_at, t.driver_id
      from unnest($1::uuid[]) as d (id)
      join carpool.trips t on t.driver_id = d.id
     where t.deleted_at is null and t.status <> 'draft'
       and t.departure_time <= $3 and coalesce(t.ended_at, t.cancelled_at, 'infinity') >= $2
     order by t.departure_time)sql"};

struct OwnedTrip : DriverTrip {
    AccountId driver_id;
};
BOOST_DESCRIBE_STRUCT(OwnedTrip, (DriverTrip), (driver_id))

template <class Database>
Task<TripsByDriver> find_trips_of(Database& db, const std::vector<AccountId>& drivers,
                                  UtcTime now) {
    const UtcTime latest = now + future_allowed + track_before_departure;
    const pg::Rows rows =
        co_await db.query(find_driver_trips_sql, drivers, now - past_allowed, latest);
    TripsByDriver found;
    for (const OwnedTrip& trip : rows.all<OwnedTrip>()) found[trip.driver_id].push_back(trip);
    co_return found;
}

}  // namespace

Task<std::vector<DriverTrip>> find_driver_trips(pg::Tx& tx, AccountId driver, UtcTime now) {
    co_return std::move((co_await find_trips_of(tx, {driver}, now))[driver]);
}

Task<TripsByDriver> find_driver_trips(pg::Db& db, const std::vector<AccountId>& drivers,
                                      UtcTime now) {
    co_return co_await find_trips_of(db, drivers, now);
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
