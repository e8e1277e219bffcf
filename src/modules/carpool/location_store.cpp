#include "modules/carpool/location_store.hpp"

namespace taama::carpool {

PG_STATEMENT constexpr pg::Sql find_location_trip_sql{"carpool.find_location_trip", R"sql(
    select t.id as trip_id, t.driver_id, t.departure_time, t.arrival_eta,
           coalesce(t.ended_at, t.cancelled_at) as ended_at, b.pickup_at,
           coalesce(b.ended_at, b.cancelled_at) as ride_ended_at
      from carpool.trips t
      left join carpool.bookings b
        on b.trip_id = t.id and b.passenger_id = $2
       and (b.paid_at is not null and b.status in ('paid', 'completed')
            or b.status = 'accepted' and b.cash_due > 0)
     where t.id = $1 and t.deleted_at is null and t.status <> 'draft'
     order by b.created_at desc
     limit 1)sql"};

Task<std::optional<LocationTrip>> find_location_trip(pg::Tx& tx, TripId id, AccountId viewer) {
    const pg::Rows rows = co_await tx.query(find_location_trip_sql, id, viewer);
    co_return rows.at_most_one<LocationTrip>();
}

}  // namespace taama::carpool
