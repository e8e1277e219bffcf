#include "modules/carpool/trip_news.hpp"

#include "platform/events/events.hpp"

namespace taama::carpool {

void tell_trip(pg::Tx& tx, std::string_view event, const Trip& trip, UtcTime now,
               boost::json::object more) {
    more["trip_id"] = trip.id.to_string();
    more["driver_id"] = trip.driver_id.to_string();
    more["status"] = name_of(trip.status);
    more["departure_time"] = to_string(trip.departure_time);
    more["version"] = trip.version;
    events::emit(tx, event, std::move(more), now);
}

void tell_changed(pg::Tx& tx, TripId trip) {
    tx.tell(trip_changed_fact, {{"trip_id", trip.to_string()}});
}

PG_STATEMENT constexpr pg::Sql find_trips_with_sql{"carpool.find_trips_with", R"sql(
    select id
      from carpool.trips
     where vehicle_id = $1 and status in ('published', 'ongoing') and deleted_at is null)sql"};

Task<void> tell_trips_changed(pg::Tx& tx, VehicleId vehicle) {
    const pg::Rows rows = co_await tx.query(find_trips_with_sql, vehicle);
    for (const TripId trip : rows.all<TripId>()) tell_changed(tx, trip);
}

}  // namespace taama::carpool
