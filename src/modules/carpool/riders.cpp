#include "modules/carpool/riders.hpp"

#include "modules/carpool/booking.hpp"
#include "modules/carpool/card_columns.hpp"

namespace taama::carpool {

namespace {

struct RiderRow {
    TripId trip_id;
    BookingId booking_id;
    PersonFacts person;
    std::int32_t seats;
    std::optional<StopId> from_stop_id;
    std::optional<StopId> to_stop_id;
    std::int32_t from_order;
    std::int32_t to_order;
    LatLon pickup_point;
    std::string pickup_text;
    LatLon dropoff_point;
    std::string dropoff_text;
    std::int32_t from_m;
    std::int32_t to_m;
    std::int32_t access_from_m;
    std::int32_t access_to_m;
    bool whole_trip;
    UtcTime pickup_at;
    UtcTime dropoff_at;
    std::int64_t price_per_seat;
    BookingStatus status;
    bool seats_held;
    std::optional<UtcTime> hold_expires_at;
    std::optional<UtcTime> checked_in_at;
    std::optional<UtcTime> started_at;
};
BOOST_DESCRIBE_STRUCT(RiderRow, (),
                      (trip_id, booking_id, person, seats, from_stop_id, to_stop_id, from_order,
                       to_order, pickup_point, pickup_text, dropoff_point, dropoff_text, from_m,
                       to_m, access_from_m, access_to_m, whole_trip, pickup_at, dropoff_at,
                       price_per_seat, status, seats_held, hold_expires_at, checked_in_at,
                       started_at))

Booking to_booking(const RiderRow& row) {
    Booking booking;
    booking.status = row.status;
    booking.seats_held = row.seats_held;
    booking.hold_expires_at = row.hold_expires_at;
    booking.checked_in_at = row.checked_in_at;
    booking.started_at = row.started_at;
    return booking;
}

Leg to_leg(const RiderRow& row) {
    Leg leg;
    leg.from = {row.from_stop_id.value_or(StopId{}),
                PointMode::stop,
                row.from_order,
                row.pickup_point,
                row.pickup_text,
                row.pickup_at,
                row.from_m,
                row.access_from_m};
    leg.to = {row.to_stop_id.value_or(StopId{}),
              PointMode::stop,
              row.to_order,
              row.dropoff_point,
              row.dropoff_text,
              row.dropoff_at,
              row.to_m,
              row.access_to_m};
    leg.whole_trip = row.whole_trip;
    leg.price_per_seat = row.price_per_seat;
    return leg;
}

PG_STATEMENT constexpr pg::Sql find_riders_sql{"carpool.find_riders",
                                               R"sql(
    select b.trip_id, b.id as booking_id,
)sql" PERSON_COLUMNS("p", "passenger", "c.ridden",
                                               "case when b.paid_at is not null then a.phone end")
                                                   R"sql(,
           b.seats, b.from_stop_id, b.to_stop_id, b.from_order, b.to_order, b.pickup_point,
           b.pickup_text, b.dropoff_point, b.dropoff_text, b.from_m, b.to_m, b.access_from_m,
           b.access_to_m, b.whole_trip, b.pickup_at, b.dropoff_at, b.price_per_seat, b.status,
           b.seats_held, b.hold_expires_at, b.checked_in_at, b.started_at
      from carpool.bookings b
      join identity.person_cards p on p.id = b.passenger_id
      join identity.account_facts a on a.id = b.passenger_id
      left join carpool.person_counts c on c.user_id = b.passenger_id
     where b.trip_id = any ($1) and b.status <> 'cancelled'
     order by b.pickup_at, b.id)sql"};

RiderView to_view(const RiderRow& row, const TripRecord& trip, const Deps& deps, UtcTime now) {
    const Leg leg = to_leg(row);
    return {
        .booking_id = row.booking_id,
        .person = to_card(row.person, deps.file_urls, PhoneShown::yes),
        .seats = row.seats,
        .leg = to_view(leg, trip.currency,
                       seats_free_on(trip.segments, trip.holds, leg.stretch(), now)),
        .status = row.status,
        .stage = stage_of(to_booking(row), now),
    };
}

TripView to_view(const TripRecord& trip, const std::vector<RiderRow>& riders, const Deps& deps,
                 UtcTime now) {
    TripView view = to_view(trip, {trip.driver_id, now, deps.file_urls});
    view.passengers.emplace();
    for (const RiderRow& rider : riders)
        if (rider.trip_id == trip.id) view.passengers->push_back(to_view(rider, trip, deps, now));
    return view;
}

}  // namespace

Task<std::vector<TripView>> views_for_driver(const Deps& deps, pg::Tx& tx,
                                             const std::vector<TripRecord>& trips, UtcTime now) {
    std::vector<TripId> ids;
    for (const TripRecord& trip : trips) ids.push_back(trip.id);
    const pg::Rows rows = co_await tx.query(find_riders_sql, ids);
    const auto riders = rows.all<RiderRow>();
    std::vector<TripView> views;
    for (const TripRecord& trip : trips) views.push_back(to_view(trip, riders, deps, now));
    co_return views;
}

Task<TripView> view_for_driver(const Deps& deps, pg::Tx& tx, const TripRecord& trip, UtcTime now) {
    const pg::Rows rows = co_await tx.query(find_riders_sql, std::vector{trip.id});
    co_return to_view(trip, rows.all<RiderRow>(), deps, now);
}

Task<TripView> view_for_driver(const Deps& deps, const TripRecord& trip, UtcTime now) {
    const pg::Rows rows = co_await deps.db.query(find_riders_sql, std::vector{trip.id});
    co_return to_view(trip, rows.all<RiderRow>(), deps, now);
}

}  // namespace taama::carpool
