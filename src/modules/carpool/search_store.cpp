#include "modules/carpool/search.hpp"

#include "modules/carpool/card_columns.hpp"

namespace taama::carpool {

// `pick`: the stops where one may get on near the start, of trips that let off near the end later:
// one index answers for both. `pair`: for each the stops near the end. The leg with the least way
// on foot is kept of each trip; what remains is priced and ranked in whole numbers, as ranking.cpp
// and leg_price.cpp do it, and only the page is dressed with people and vehicles.
PG_STATEMENT constexpr pg::Sql find_hits_sql{"carpool.find_hits", R"sql(
    with pick as materialized (
        select s.trip_id, s.id, s.offset_m, s.depart_at,
               floor(st_distance(s.point, $1::geography, false) + 0.5)::int as access_m
          from carpool.trip_stops s
         where s.open and s.pickup_allowed and s.depart_day between $4::date and $5::date
           and s.depart_at > $6::timestamptz
           and st_dwithin(s.point, $1::geography, $3::float8, false)
           and st_dwithin(s.ahead, $2::geography, $3::float8, false)
    ), lapsed as materialized (
        select b.trip_id, b.seats, b.from_m, b.to_m
          from carpool.bookings b
         where b.status = 'accepted' and b.hold_expires_at <= $6 and b.seats_held
    ), pair as (
        select p.trip_id, p.id as from_id, d.id as to_id, p.offset_m as from_m, d.offset_m as to_m,
               p.depart_at as from_at, d.arrive_at as to_at, p.access_m as access_from_m,
               floor(st_distance(d.point, $2::geography, false) + 0.5)::int as access_to_m
          from pick p
          join carpool.trip_stops d
            on d.trip_id = p.trip_id and d.offset_m >= p.offset_m + $8::int
           and d.open and d.dropoff_allowed
           and st_dwithin(d.point, $2::geography, $3::float8, false)
         where p.access_m <= $3
    ), seated as (
        select r.trip_id, r.from_id, r.to_id, r.from_m, r.to_m, r.from_at, r.to_at,
               r.access_from_m, r.access_to_m, f.seats_free
          from pair r
         cross join lateral (
            select min(g.seats_free
                       + coalesce((select sum(l.seats) from lapsed l
                                    where l.trip_id = g.trip_id and l.from_m < g.to_m
                                      and l.to_m > g.from_m), 0))::int as seats_free
              from carpool.trip_segments g
             where g.trip_id = r.trip_id and g.from_m >= r.from_m and g.to_m <= r.to_m) f
         where f.seats_free >= $7::int and r.access_to_m <= $3
    ), leg as (
        select distinct on (trip_id) trip_id, from_id, to_id, from_m, to_m, from_at, to_at,
               access_from_m, access_to_m, seats_free
          from seated
         order by trip_id, access_from_m + access_to_m, from_m, to_m desc
    ), priced as (
        select g.trip_id, g.from_id, g.to_id, g.from_m, g.to_m, g.from_at, g.to_at,
               g.access_from_m, g.access_to_m, g.seats_free, t.departure_time,
               g.from_m = 0 and g.to_m = t.distance_m as whole_trip,
               case when g.from_m = 0 and g.to_m = t.distance_m then t.price_per_seat
                    else least(greatest($9::bigint
                                        * ((2 * t.price_per_seat * (g.to_m - g.from_m)
                                            + $9 * t.distance_m) / (2 * $9 * t.distance_m)),
                                        least(t.price_per_seat, $10::bigint)),
                               t.price_per_seat)
               end as leg_price,
               case when $14::int is null then 0
                    else abs(extract(epoch from g.from_at at time zone 'UTC')::bigint
                             + $16::bigint - 86400 * floor(
                               (extract(epoch from g.from_at) + $16) / 86400)::bigint
                             - 60 * $14::bigint)
               end as off_wanted_s,
               (floor((extract(epoch from g.from_at) + $16) / 60)::bigint % 1440) as local_minute,
               c.driver_rating_sum as rating_sum, c.driver_rating_count as rating_count
          from leg g
          join carpool.trips t on t.id = g.trip_id
          join vehicles.cards v on v.id = t.vehicle_id
          join identity.person_cards c on c.id = t.driver_id
         where ($17::boolean is null or t.allow_auto_accept = $17)
           and ($18::boolean is null or t.cash_allowed = $18)
           and ($19::uuid is null or t.driver_id <> $19)
           and (cardinality($13::text[]) = 0 or v.comfort_level = any ($13))
           and ($20::float8 is null
                or (c.driver_rating_count > 0
                    and round(c.driver_rating_sum::numeric / c.driver_rating_count, 2) >= $20))
    ), ranked as (
        select p.trip_id, p.from_id, p.to_id, p.from_m, p.to_m, p.from_at, p.to_at,
               p.access_from_m, p.access_to_m, p.seats_free, p.departure_time, p.whole_trip,
               p.leg_price, p.off_wanted_s, count(*) over () as total,
               $22::bigint * ((20000 * (2 * $3::bigint - least(access_from_m + access_to_m,
                                                                2 * $3::bigint)) + 2 * $3::bigint)
                              / (4 * $3::bigint))
               + $23::bigint * ((20000 * (21600 - least(off_wanted_s, 21600)) + 21600) / 43200)
               + $24::bigint * ((20000 * greatest(0, least($21::bigint * (to_m - from_m),
                                                           2 * $21 * (to_m - from_m)
                                                           - 1000 * leg_price))
                                 + $21 * (to_m - from_m)) / (2 * $21 * (to_m - from_m)))
               + $25::bigint * ((20000 * greatest(0, 100 * (rating_sum + 90)
                                                     - 100 * (rating_count + 20))
                                 + 400 * (rating_count + 20)) / (800 * (rating_count + 20)))
               + $26::bigint * 10000 as score_e8
          from priced p
         where ($11::bigint is null or leg_price >= $11) and ($12::bigint is null or leg_price <= $12)
           and ($14 is null or local_minute >= $14)
           and ($15::int is null or local_minute <= $15)
    ), page as (
        select k.trip_id, k.from_id, k.to_id, k.from_m, k.to_m, k.from_at, k.to_at,
               k.access_from_m, k.access_to_m, k.seats_free, k.departure_time, k.whole_trip,
               k.leg_price, k.off_wanted_s, k.score_e8, k.total,
               case $27::text when 'price' then leg_price
                              when 'departure_time' then extract(epoch from departure_time)::bigint
                              when 'duration' then extract(epoch from to_at - from_at)::bigint
                              else -score_e8 end * $28::int as sort_key
          from ranked k
         order by sort_key, case when $27 = 'rank' then from_at else departure_time end, trip_id
         limit $29 offset $30
    )
    select h.trip_id, a."order" as from_order, h.from_at, h.from_m, z."order" as to_order, h.to_at,
           h.to_m, h.whole_trip, h.leg_price, h.seats_free, h.access_from_m, h.access_to_m,
           h.off_wanted_s, h.score_e8,
           )sql" PERSON_COLUMNS("p", "driver", "c.driven", "null") ", " VEHICLE_COLUMNS("v") R"sql(,
           t.departure_time, t.arrival_eta, t.origin_text, t.origin_point, t.destination_text,
           t.destination_point, t.price_per_seat, t.currency,
           (select min(g.seats_free
                       + coalesce((select sum(l.seats) from lapsed l
                                    where l.trip_id = g.trip_id and l.from_m < g.to_m
                                      and l.to_m > g.from_m), 0))::int
              from carpool.trip_segments g where g.trip_id = t.id) as seats_available,
           t.allow_auto_accept, t.cash_allowed, t.luggage_policy, t.rules,
           a.id as from_stop_id, a.point as from_point, a.label as from_label,
           z.id as to_stop_id, z.point as to_point, z.label as to_label, h.total
      from page h
      join carpool.trips t on t.id = h.trip_id
      join carpool.trip_stops a on a.id = h.from_id
      join carpool.trip_stops z on z.id = h.to_id
      join identity.person_cards p on p.id = t.driver_id
      left join carpool.person_counts c on c.user_id = t.driver_id
      join vehicles.cards v on v.id = t.vehicle_id
     order by h.sort_key, case when $27 = 'rank' then h.from_at else h.departure_time end,
              h.trip_id)sql"};

namespace {

struct CountedHit : Hit {
    std::int64_t total = 0;
};
BOOST_DESCRIBE_STRUCT(CountedHit, (Hit), (total))

}  // namespace

Task<HitPage> find_hits_by_sql(pg::Db& db, const Search& search) {
    const pg::Rows rows = co_await db.query_slow(
        find_hits_sql, search.from, search.to, search.radius_m, search.days.front(),
        search.days.back(), search.now, search.seats, search.min_leg_m, search.price_step,
        search.price_floor, search.price_min, search.price_max, search.comfort, search.minute_from,
        search.minute_to, search.utc_offset.count(), search.auto_accept, search.cash,
        search.but_driver, search.rating_min, search.reference_price_per_km,
        search.weights.proximity, search.weights.time, search.weights.price, search.weights.rating,
        search.weights.detour, search.order, search.descending ? -1 : 1, search.limit,
        search.offset);
    HitPage page;
    for (int i = 0; i < rows.size(); ++i) {
        auto hit = rows[i].as<CountedHit>();
        page.total = hit.total;
        page.hits.push_back(std::move(hit));
    }
    co_return page;
}

PG_STATEMENT constexpr pg::Sql find_nearest_days_sql{"carpool.find_nearest_days", R"sql(
    select p.depart_day
      from carpool.trip_stops p
      join carpool.trip_stops d
        on d.trip_id = p.trip_id and d.offset_m >= p.offset_m + $7::int
       and d.open and d.dropoff_allowed and st_dwithin(d.point, $2::geography, $3::float8, false)
      join carpool.trips t on t.id = p.trip_id
     where p.open and p.pickup_allowed and p.depart_day between $4::date - 7 and $4::date + 7
       and p.depart_at > $5::timestamptz and st_dwithin(p.point, $1::geography, $3::float8, false)
       and st_dwithin(p.ahead, $2::geography, $3::float8, false)
       and ($8::uuid is null or t.driver_id <> $8)
       and (select min(g.seats_free) from carpool.trip_segments g
             where g.trip_id = p.trip_id and g.from_m >= p.offset_m and g.to_m <= d.offset_m)
           >= $6::int
     group by p.depart_day
     order by abs(p.depart_day - $4::date), p.depart_day
     limit 3)sql"};

Task<std::vector<Date>> find_nearest_days(pg::Db& db, const Search& search, Date day) {
    const pg::Rows rows =
        co_await db.query_slow(find_nearest_days_sql, search.from, search.to, search.radius_m, day,
                               search.now, search.seats, search.min_leg_m, search.but_driver);
    co_return rows.all<Date>();
}

RankParts parts_of(const Hit& hit, const Search& search) {
    return rank_parts({
        .access_m = hit.access_from_m + hit.access_to_m,
        .radius_m = search.radius_m,
        .off_wanted_s = hit.off_wanted_s,
        .price_per_seat = hit.leg_price,
        .distance_m = hit.to_m - hit.from_m,
        .reference_price_per_km = search.reference_price_per_km,
        .rating_sum = hit.rating_sum,
        .rating_count = hit.rating_count,
    });
}

}  // namespace taama::carpool
