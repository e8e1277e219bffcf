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
           w.place, t.xmin as row_version, f.seats_free
      from unnest($1::uuid[], $2::int[], $3::int[]) with ordinality
           as w (trip_id, from_m, to_m, place)
      join carpool.trips t on t.id = w.trip_id
     cross join lateral (
        select min(s.free) as seats_available,
               min(s.free) filter (where s.from_m >= w.from_m and s.to_m <= w.to_m)
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
     where f.seats_free is not null)sql"};

Task<std::vector<FoundLeg>> find_legs(pg::Db& db, const std::vector<IndexedLeg>& legs,
                                      UtcTime now) {
    std::vector<TripId> trips;
    std::vector<std::int32_t> from;
    std::vector<std::int32_t> to;
    for (const IndexedLeg& leg : legs) {
        trips.push_back(leg.trip_id);
        from.push_back(leg.from_m);
        to.push_back(leg.to_m);
    }
    co_return (co_await db.query(find_legs_sql, trips, from, to, now)).all<FoundLeg>();
}

}  // namespace taama::carpool
