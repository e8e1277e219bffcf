#include "modules/carpool/search_page_store.hpp"

#include "modules/carpool/card_columns.hpp"

namespace taama::carpool {

// Joins only, and one look at the seats of each trip: PostgreSQL sets up every part of a plan anew
// for each search, which would cost more than the rows. `offset 0` keeps it from counting the
// lapsed once for each place where `free` is used.
PG_STATEMENT constexpr pg::Sql find_legs_sql{"carpool.find_legs", R"sql(
    with lapsed as materialized (
        select b.trip_id, b.seats, b.from_m, b.to_m
          from carpool.bookings b
         where b.status = 'accepted' and b.hold_expires_at <= $4 and b.seats_held
    )
    select
)sql" PERSON_COLUMNS("p", "driver", "c.driven", "null") ", " VEHICLE_COLUMNS("v") R"sql(,
           t.departure_time, t.arrival_eta, t.origin_text, t.origin_point, t.destination_text,
           t.destination_point, t.price_per_seat, t.currency, f.seats_available,
           t.allow_auto_accept, t.cash_allowed, t.luggage_policy, t.rules,
           a.id as from_stop_id, a.point as from_point, a.label as from_label,
           z.id as to_stop_id, z.point as to_point, z.label as to_label,
           w.place, a.offset_m as from_m, a.depart_at as from_at, z.offset_m as to_m,
           z.arrive_at as to_at, t.distance_m, f.seats_free
      from unnest($1::uuid[], $2::int[], $3::int[]) with ordinality
           as w (trip_id, from_order, to_order, place)
      join carpool.trips t on t.id = w.trip_id
      join carpool.trip_stops a
        on a.trip_id = w.trip_id and a."order" = w.from_order and a.open and a.pickup_allowed
      join carpool.trip_stops z
        on z.trip_id = w.trip_id and z."order" = w.to_order and z.open and z.dropoff_allowed
     cross join lateral (
        select min(s.free) as seats_available,
               min(s.free) filter (where s.from_m >= a.offset_m and s.to_m <= z.offset_m)
                   as seats_free
          from (select g.from_m, g.to_m,
                       (g.seats_free
                        + coalesce((select sum(l.seats) from lapsed l
                                     where l.trip_id = g.trip_id and l.from_m < g.to_m
                                       and l.to_m > g.from_m), 0))::int as free
                  from carpool.trip_segments g
                 where g.trip_id = w.trip_id
                offset 0) s) f
      join identity.person_cards p on p.id = t.driver_id
      left join carpool.person_counts c on c.user_id = t.driver_id
      join vehicles.cards v on v.id = t.vehicle_id
     where t.deleted_at is null and f.seats_free is not null)sql"};

Task<std::vector<FoundLeg>> find_legs(pg::Db& db, const std::vector<Match>& matches, UtcTime now) {
    std::vector<TripId> trips;
    std::vector<std::int32_t> from;
    std::vector<std::int32_t> to;
    for (const Match& match : matches) {
        trips.push_back(match.trip_id);
        from.push_back(match.from_order);
        to.push_back(match.to_order);
    }
    co_return (co_await db.query(find_legs_sql, trips, from, to, now)).all<FoundLeg>();
}

}  // namespace taama::carpool
