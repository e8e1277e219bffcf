#include "modules/carpool/geometry.hpp"
#include "modules/carpool/trip_news.hpp"
#include "modules/carpool/trip_store.hpp"
#include "platform/crypto/hash.hpp"
#include "platform/geo/polyline.hpp"

namespace taama::carpool {

namespace {

struct RouteRow {
    RouteId id = RouteId::make();
    pg::Bytes fingerprint;
    std::string line;  // WKT
    std::vector<std::int32_t> leg_m;
    std::vector<std::int32_t> leg_s;
};

RouteRow to_row(const Route& route, const std::vector<Stop>& stops) {
    RouteRow row;
    std::string points;
    std::string text = "v1 ";
    text += name_of(route.source);
    for (const Stop& stop : stops) {
        const LatLon cut = cut_to_5_decimals(stop.point);
        fmt::format_to(std::back_inserter(text), " {:.5f},{:.5f}", cut.lat, cut.lon);
    }
    for (const RouteLeg& leg : route.legs) {
        row.leg_m.push_back(leg.distance_m);
        row.leg_s.push_back(leg.drive_s);
        // An estimate with other terms is another route.
        fmt::format_to(std::back_inserter(text), " {}/{}", leg.distance_m, leg.drive_s);
    }
    const auto line = decode_polyline(route.polyline6);
    ASSERT(line.has_value());
    for (const LatLon& point : *line)
        fmt::format_to(std::back_inserter(points), "{}{} {}", points.empty() ? "" : ",", point.lon,
                       point.lat);
    row.line = "LINESTRING(" + points + ")";
    const crypto::Digest digest = crypto::sha256(text);
    row.fingerprint.assign(digest.begin(), digest.end());
    return row;
}

}  // namespace

PG_STATEMENT constexpr pg::Sql save_new_trip_sql{"carpool.save_new_trip", R"sql(
    with road as (
        insert into carpool.routes
               (id, fingerprint, line, polyline, leg_m, leg_s, distance_m, drive_s, source,
                last_day, created_at)
        values ($1, $2, st_geogfromtext($3), $4, $5, $6, $7, $8, $9, $10, $11)
        on conflict (fingerprint) do update
           set last_day = greatest(routes.last_day, excluded.last_day)
        returning id
    )
    insert into carpool.trips
           (id, driver_id, vehicle_id, route_id, origin_point, origin_text, destination_point,
            destination_text, departure_time, arrival_eta, eta_source, depart_day, seats_offered,
            price_per_seat, currency, luggage_policy, rules, allow_auto_accept, cash_allowed,
            en_route, max_detour_min, solo_drive_s, drive_s, distance_m, status, published_at,
            created_at, updated_at)
    select $12, $13, $14, road.id, $15, $16, $17, $18, $19, $20, $21, $10, $22, $23, $24, $25, $26,
           $27, $28, $29, $30, $8, $8, $7, $31, $32, $11, $11
      from road)sql"};

PG_STATEMENT constexpr pg::Sql save_stops_sql{"carpool.save_stops", R"sql(
    with stop as materialized (
        select s.id, s."order", s.kind, s.label, s.pickup_allowed, s.dropoff_allowed, s.offset_m,
               s.arrive_at, s.depart_at, s.dwell_s, s.depart_day,
               st_setsrid(st_makepoint(s.lon, s.lat), 4326) as point
          from unnest($3::uuid[], $4::int[], $5::text[], $6::float8[], $7::float8[], $8::text[],
                      $9::boolean[], $10::boolean[], $11::int[], $12::timestamptz[],
                      $13::timestamptz[], $14::int[], $15::date[])
               as s (id, "order", kind, lat, lon, label, pickup_allowed, dropoff_allowed,
                     offset_m, arrive_at, depart_at, dwell_s, depart_day)
    )
    insert into carpool.trip_stops
           (id, trip_id, "order", kind, point, label, pickup_allowed, dropoff_allowed, offset_m,
            arrive_at, depart_at, dwell_s, depart_day, open, ahead)
    select s.id, $1::uuid, s."order", s.kind, s.point::geography, s.label, s.pickup_allowed,
           s.dropoff_allowed, s.offset_m, s.arrive_at, s.depart_at, s.dwell_s, s.depart_day,
           $2::boolean,
           (select st_collect(d.point)::geography from stop d
             where d."order" > s."order" and d.dropoff_allowed)
      from stop s)sql"};

static void save_stops(pg::Tx& tx, const NewTripRows& rows) {
    const auto column = [&rows](auto of) {
        std::vector<std::decay_t<decltype(of(rows.stops.front()))>> values;
        for (const Stop& stop : rows.stops) values.push_back(of(stop));
        return values;
    };
    tx.enqueue(save_stops_sql, rows.trip.id, rows.trip.is_open(),
               column([](const Stop& s) { return s.id; }),
               column([](const Stop& s) { return s.order; }),
               column([](const Stop& s) { return s.kind; }),
               column([](const Stop& s) { return s.point.lat; }),
               column([](const Stop& s) { return s.point.lon; }),
               column([](const Stop& s) { return s.label; }),
               column([](const Stop& s) { return s.pickup_allowed; }),
               column([](const Stop& s) { return s.dropoff_allowed; }),
               column([](const Stop& s) { return s.offset_m; }),
               column([](const Stop& s) { return s.arrive_at; }),
               column([](const Stop& s) { return s.depart_at; }),
               column([](const Stop& s) { return s.dwell_s; }),
               column([&rows](const Stop& s) { return rows.zone.local_date(s.depart_at); }));
}

PG_STATEMENT constexpr pg::Sql save_segments_sql{"carpool.save_segments", R"sql(
    insert into carpool.trip_segments (trip_id, from_m, to_m, seats_free)
    select $1::uuid, s.from_m, s.to_m, s.seats_free
      from unnest($2::int[], $3::int[], $4::int[]) as s (from_m, to_m, seats_free))sql"};

static void save_segments(pg::Tx& tx, const NewTripRows& rows) {
    std::vector<std::int32_t> from_m;
    std::vector<std::int32_t> to_m;
    std::vector<std::int32_t> seats_free;
    for (const Segment& segment : rows.segments) {
        from_m.push_back(segment.from_m);
        to_m.push_back(segment.to_m);
        seats_free.push_back(segment.seats_free);
    }
    tx.enqueue(save_segments_sql, rows.trip.id, from_m, to_m, seats_free);
}

void save_new_trip(pg::Tx& tx, const NewTripRows& rows) {
    const Trip& trip = rows.trip;
    const RouteRow route = to_row(rows.route, rows.stops);
    tx.enqueue_one(save_new_trip_sql, route.id, route.fingerprint, route.line, rows.route.polyline6,
                   route.leg_m, route.leg_s, rows.route.distance_m(), rows.route.drive_s(),
                   rows.route.source, trip.depart_day, trip.created_at, trip.id, trip.driver_id,
                   trip.vehicle_id, trip.origin_point, trip.origin_text, trip.destination_point,
                   trip.destination_text, trip.departure_time, trip.arrival_eta, trip.eta_source,
                   trip.seats_offered, trip.price_per_seat, trip.currency, trip.luggage_policy,
                   trip.rules, trip.allow_auto_accept, trip.cash_allowed, trip.en_route,
                   trip.max_detour_min, trip.status, trip.published_at);
    save_stops(tx, rows);
    save_segments(tx, rows);
    tell_changed(tx, trip.id);
}

PG_STATEMENT constexpr pg::Sql save_trip_sql{"carpool.save_trip", R"sql(
    update carpool.trips
       set vehicle_id = $2, price_per_seat = $3, seats_offered = $4, luggage_policy = $5,
           rules = $6, allow_auto_accept = $7, cash_allowed = $8, en_route = $9,
           max_detour_min = $10, status = $11, cancel_reason = $12, cancel_comment = $13,
           cancelled_by = $14, published_at = $15, started_at = $16, ended_at = $17,
           cancelled_at = $18, version = version + 1, updated_at = $19
     where id = $1)sql"};

void save_trip(pg::Tx& tx, const Trip& trip) {
    tx.enqueue_one(save_trip_sql, trip.id, trip.vehicle_id, trip.price_per_seat, trip.seats_offered,
                   trip.luggage_policy, trip.rules, trip.allow_auto_accept, trip.cash_allowed,
                   trip.en_route, trip.max_detour_min, trip.status, trip.cancel_reason,
                   trip.cancel_comment, trip.cancelled_by, trip.published_at, trip.started_at,
                   trip.ended_at, trip.cancelled_at, trip.updated_at);
    tell_changed(tx, trip.id);
}

PG_STATEMENT constexpr pg::Sql delete_segments_sql{"carpool.delete_segments", R"sql(
    delete from carpool.trip_segments where trip_id = $1)sql"};

PG_STATEMENT constexpr pg::Sql delete_stops_sql{"carpool.delete_stops", R"sql(
    delete from carpool.trip_stops where trip_id = $1)sql"};

PG_STATEMENT constexpr pg::Sql save_route_sql{"carpool.save_route", R"sql(
    with road as (
        insert into carpool.routes
               (id, fingerprint, line, polyline, leg_m, leg_s, distance_m, drive_s, source,
                last_day, created_at)
        values ($1, $2, st_geogfromtext($3), $4, $5, $6, $7, $8, $9, $10, $11)
        on conflict (fingerprint) do update
           set last_day = greatest(routes.last_day, excluded.last_day)
        returning id
    )
    update carpool.trips t
       set route_id = road.id, origin_point = $13, origin_text = $14, destination_point = $15,
           destination_text = $16, departure_time = $17, arrival_eta = $18, eta_source = $19,
           depart_day = $10, solo_drive_s = $8, drive_s = $8, distance_m = $7
      from road
     where t.id = $12)sql"};

void save_route(pg::Tx& tx, const NewTripRows& rows) {
    const Trip& trip = rows.trip;
    const RouteRow route = to_row(rows.route, rows.stops);
    tx.enqueue(delete_segments_sql, trip.id);
    tx.enqueue(delete_stops_sql, trip.id);
    tx.enqueue_one(save_route_sql, route.id, route.fingerprint, route.line, rows.route.polyline6,
                   route.leg_m, route.leg_s, rows.route.distance_m(), rows.route.drive_s(),
                   rows.route.source, trip.depart_day, trip.updated_at, trip.id, trip.origin_point,
                   trip.origin_text, trip.destination_point, trip.destination_text,
                   trip.departure_time, trip.arrival_eta, trip.eta_source);
    save_stops(tx, rows);
    save_segments(tx, rows);
    tell_changed(tx, trip.id);
}

PG_STATEMENT constexpr pg::Sql shift_trip_sql{"carpool.shift_trip", R"sql(
    update carpool.trips
       set departure_time = departure_time + $2::bigint * interval '1 microsecond',
           arrival_eta = arrival_eta + $2::bigint * interval '1 microsecond',
           depart_day = $3
     where id = $1)sql"};

PG_STATEMENT constexpr pg::Sql shift_stops_sql{"carpool.shift_stops", R"sql(
    update carpool.trip_stops s
       set arrive_at = n.arrive_at, depart_at = n.depart_at, depart_day = n.depart_day
      from unnest($2::uuid[], $3::timestamptz[], $4::timestamptz[], $5::date[])
           as n (id, arrive_at, depart_at, depart_day)
     where s.trip_id = $1 and s.id = n.id)sql"};

void save_shifted(pg::Tx& tx, const TripShift& shift) {
    std::vector<StopId> ids;
    std::vector<UtcTime> arrive_at;
    std::vector<UtcTime> depart_at;
    std::vector<Date> depart_day;
    for (const Stop& stop : shift.stops) {
        ids.push_back(stop.id);
        arrive_at.push_back(stop.arrive_at + shift.by);
        depart_at.push_back(stop.depart_at + shift.by);
        depart_day.push_back(shift.zone.local_date(depart_at.back()));
    }
    tx.enqueue_one(shift_trip_sql, shift.trip_id, shift.by.count(), depart_day.front());
    tx.enqueue(shift_stops_sql, shift.trip_id, ids, arrive_at, depart_at, depart_day);
    tell_changed(tx, shift.trip_id);
}

PG_STATEMENT constexpr pg::Sql save_seats_offered_sql{"carpool.save_seats_offered", R"sql(
    update carpool.trip_segments set seats_free = seats_free + $2::smallint where trip_id = $1)sql"};

void save_seats_offered(pg::Tx& tx, TripId trip, std::int32_t change) {
    tx.enqueue(save_seats_offered_sql, trip, change);
    tell_changed(tx, trip);
}

PG_STATEMENT constexpr pg::Sql save_open_sql{"carpool.save_open", R"sql(
    update carpool.trip_stops set open = $2 where trip_id = $1 and open <> $2)sql"};

void save_open(pg::Tx& tx, TripId trip, bool open) {
    tx.enqueue(save_open_sql, trip, open);
    tell_changed(tx, trip);
}

PG_STATEMENT constexpr pg::Sql save_deleted_sql{"carpool.save_deleted", R"sql(
    update carpool.trips set deleted_at = $2, version = version + 1, updated_at = $2
     where id = $1)sql"};

void save_deleted(pg::Tx& tx, TripId trip, UtcTime now) {
    tx.enqueue_one(save_deleted_sql, trip, now);
    tell_changed(tx, trip);
}

PG_STATEMENT constexpr pg::Sql save_seats_sql{"carpool.save_seats", R"sql(
    update carpool.trip_segments s
       set seats_free = s.seats_free + c.change::smallint
      from (select g.trip_id, g.from_m, sum(w.change) as change
              from unnest($1::uuid[], $2::int[], $3::int[], $4::int[])
                   as w (trip_id, from_m, to_m, change)
              join carpool.trip_segments g
                on g.trip_id = w.trip_id and g.from_m >= w.from_m and g.to_m <= w.to_m
             group by g.trip_id, g.from_m) c
     where s.trip_id = c.trip_id and s.from_m = c.from_m)sql"};

void save_seats(pg::Tx& tx, const SeatChange& change) {
    tx.enqueue_row(save_seats_sql, change.trip_id, change.stretch.from_m, change.stretch.to_m,
                   change.seats);
    tell_changed(tx, change.trip_id);
}

PG_STATEMENT constexpr pg::Sql save_trip_history_sql{"carpool.save_trip_history", R"sql(
    insert into carpool.trip_events
           (trip_id, event, from_status, to_status, by_type, by_id, meta, occurred_at, created_at)
    values ($1, $2, $3, $4, case when $5::uuid is null then 'system' else 'user' end, $5, $6, $7,
            $7))sql"};

void save_trip_history(pg::Tx& tx, const TripHistory& history, UtcTime now) {
    tx.enqueue(save_trip_history_sql, history.trip_id, history.event, history.from, history.to,
               history.by, history.meta, now);
}

}  // namespace taama::carpool
