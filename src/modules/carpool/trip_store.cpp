#include "modules/carpool/trip_store.hpp"

#include "modules/carpool/card_columns.hpp"
#include "modules/carpool/geometry.hpp"
#include "modules/carpool/trip_news.hpp"
#include "platform/crypto/hash.hpp"
#include "platform/geo/polyline.hpp"

namespace taama::carpool {

// --- locks ---------------------------------------------------------------------------------------

// An update whose condition is false still locks the row, and writes nothing.
PG_STATEMENT constexpr pg::Sql lock_person_sql{"carpool.lock_person", R"sql(
    insert into carpool.person_guards (user_id) values ($1)
    on conflict (user_id) do update set user_id = excluded.user_id where false)sql"};

void lock_person(pg::Tx& tx, AccountId person) { tx.enqueue(lock_person_sql, person); }

PG_STATEMENT constexpr pg::Sql lock_trip_sql{"carpool.lock_trip", R"sql(
    select id from carpool.trips where id = $1 for no key update)sql"};

void lock_trip(pg::Tx& tx, TripId trip) { tx.enqueue(lock_trip_sql, trip); }

// --- reading -------------------------------------------------------------------------------------

// $1 trips, $2 viewer, $3 deleted ones too.
#define TRIP_COLUMNS                                                                      \
    R"sql(
    select t.id, t.driver_id, t.vehicle_id, t.origin_point, t.origin_text, t.destination_point,
           t.destination_text, t.departure_time, t.arrival_eta, t.eta_source, t.depart_day,
           t.seats_offered, t.price_per_seat, t.currency, t.luggage_policy, t.rules,
           t.allow_auto_accept, t.cash_allowed, t.en_route, t.max_detour_min, t.solo_drive_s,
           t.drive_s, t.status, t.moderation, t.cancel_reason, t.cancel_comment, t.cancelled_by,
           t.published_at, t.started_at, t.ended_at, t.cancelled_at, t.deleted_at, t.version,
           t.created_at, t.updated_at,
           r.distance_m, r.polyline, r.source,
           array(select row(s.id, s."order", s.kind, s.point, s.label, s.pickup_allowed,
                            s.dropoff_allowed, s.offset_m, s.arrive_at, s.depart_at, s.dwell_s)
                   from carpool.trip_stops s where s.trip_id = t.id order by s."order") as stops,
           array(select row(g.from_m, g.to_m, g.seats_free)
                   from carpool.trip_segments g where g.trip_id = t.id order by g.from_m)
           as segments, b.holds,
)sql" PERSON_COLUMNS(                                                                     \
        "p", "driver", "c.driven",                                                        \
        "case when b.viewer_has_paid then (select a.phone from identity.account_facts a " \
        "where a.id = p.id) end") ", " VEHICLE_COLUMNS("v") R"sql(,
           b.pending, b.accepted, b.paid, b.viewer_rides, b.viewer_has_paid
)sql"
#define TRIP_SOURCE \
    R"sql(
      from carpool.trips t
      join carpool.routes r on r.id = t.route_id
      join identity.person_cards p on p.id = t.driver_id
      left join carpool.person_counts c on c.user_id = t.driver_id
      left join vehicles.cards v on v.id = t.vehicle_id
     cross join lateral (
        select coalesce(array_agg(row(b.id, b.seats, b.from_m, b.to_m, b.hold_expires_at))
                        filter (where b.status = 'accepted' and b.seats_held
                                      and b.hold_expires_at is not null),
                        array[]::record[]) as holds,
               count(*) filter (where b.status = 'pending') as pending,
               count(*) filter (where b.status = 'accepted') as accepted,
               count(*) filter (where b.status = 'paid') as paid,
               coalesce(bool_or(b.passenger_id = $2::uuid
                                and b.cancel_reason is distinct from 'driver_rejected'), false)
               as viewer_rides,
               coalesce(bool_or(b.passenger_id = $2 and b.status in ('paid', 'completed')), false)
               as viewer_has_paid
          from carpool.bookings b
         where b.trip_id = t.id) b
)sql"
#define TRIP_CONDITION " where t.id = any ($1) and ($3 or t.deleted_at is null)"

PG_STATEMENT constexpr pg::Sql find_trips_sql{"carpool.find_trips",
                                              TRIP_COLUMNS TRIP_SOURCE TRIP_CONDITION};

// A statement of its own: PostgreSQL sets up every part of a plan before it looks whether the part
// is wanted, and those who only look are many. $4 who books, $5 now, $6 window of the unpaid limit
// in seconds, $7 candidates for a reference.
PG_STATEMENT constexpr pg::Sql find_trip_to_book_sql{
    "carpool.find_trip_to_book",
    TRIP_COLUMNS ", " PERSON_COLUMNS("q", "passenger", "k.ridden", "null::text") R"sql(,
           a.status, a.kyc_tier,
           coalesce(a.phone_verified_at is not null and d.phone_verified_at is not null
                    and a.phone = d.phone, false) as shares_phone,
           (select b.id from carpool.bookings b
             where b.trip_id = t.id and b.passenger_id = a.id
               and b.status in ('pending', 'accepted', 'paid')) as live_booking_id,
           exists (select 1 from carpool.bookings b
                    where b.trip_id = t.id and b.passenger_id = a.id
                      and b.cancel_reason = 'driver_rejected') as rejected_before,
           array(select row(y.booking_id, y.trip_id, y.from_at, y.until_at) from (
                    select b.id as booking_id, null::uuid as trip_id, b.pickup_at as from_at,
                           b.dropoff_at as until_at
                      from carpool.bookings b
                     where b.passenger_id = a.id and b.status in ('accepted', 'paid')
                       and tstzrange(b.pickup_at, b.dropoff_at)
                           && tstzrange(t.departure_time, t.arrival_eta)
                    union all
                    select null, o.id, o.departure_time, o.arrival_eta
                      from carpool.trips o
                     where o.driver_id = a.id and o.status in ('published', 'ongoing')
                       and o.deleted_at is null
                       and tstzrange(o.departure_time, o.arrival_eta)
                           && tstzrange(t.departure_time, t.arrival_eta)) y) as busy,
           array(select row(b.id, null::uuid, b.pickup_at, b.dropoff_at)
                   from carpool.bookings b
                  where b.passenger_id = a.id and b.status = 'pending' and b.trip_id <> t.id
                    and tstzrange(b.pickup_at, b.dropoff_at)
                        && tstzrange(t.departure_time, t.arrival_eta)) as requests,
           array(select b.created_at
                   from carpool.bookings b
                  where b.passenger_id = a.id and b.paid_at is null
                    and b.created_at > $5::timestamptz - make_interval(secs => $6::int)
                    and not (b.status = 'cancelled'
                             and (b.cancelled_by = 'staff'
                                  or b.cancel_reason in ('driver_rejected', 'request_expired',
                                     'superseded', 'sold_out', 'trip_cancelled', 'trip_deleted')))
                  order by b.created_at) as unpaid_at,
           (select f.id from payments.fee_terms f
             where f.vertical = 'carpool' and f.effective_from <= $5
             order by f.effective_from desc, f.version desc
             limit 1) as fee_schedule_id,
           (select r from unnest($7::text[]) r
             where not exists (select 1 from carpool.bookings b where b.reference = r)
             limit 1) as reference
)sql" TRIP_SOURCE R"sql(
      join identity.account_facts a on a.id = $4
      join identity.account_facts d on d.id = t.driver_id
      join identity.person_cards q on q.id = a.id
      left join carpool.person_counts k on k.user_id = a.id
)sql" TRIP_CONDITION};

#undef TRIP_COLUMNS
#undef TRIP_SOURCE
#undef TRIP_CONDITION

Task<std::vector<TripRecord>> find_trips(pg::Tx& tx, const std::vector<TripId>& ids,
                                         std::optional<AccountId> viewer) {
    const pg::Rows rows = co_await tx.query(find_trips_sql, ids, viewer, false);
    co_return rows.all<TripRecord>();
}

Task<std::optional<TripToBook>> find_trip_to_book(pg::Tx& tx, TripId id,
                                                  const BookerQuestion& booker) {
    const pg::Rows rows = co_await tx.query(find_trip_to_book_sql, std::vector{id}, booker.person,
                                            false, booker.person, booker.now,
                                            booker.unpaid_window.count(), booker.references);
    co_return rows.at_most_one<TripToBook>();
}

Task<std::optional<TripRecord>> find_trip(pg::Tx& tx, TripId id, std::optional<AccountId> viewer) {
    const pg::Rows rows = co_await tx.query(find_trips_sql, std::vector{id}, viewer, false);
    co_return rows.at_most_one<TripRecord>();
}

Task<std::optional<TripRecord>> find_any_trip(pg::Db& db, TripId id,
                                              std::optional<AccountId> viewer) {
    const pg::Rows rows = co_await db.query(find_trips_sql, std::vector{id}, viewer, true);
    co_return rows.at_most_one<TripRecord>();
}

Task<TripRecord> lock_own_trip(pg::Tx& tx, TripId id, AccountId driver) {
    lock_trip(tx, id);
    auto trip = co_await find_trip(tx, id, driver);
    if (!trip || trip->driver_id != driver) throw Refusal{errors::not_found};
    co_return std::move(*trip);
}

PG_STATEMENT constexpr pg::Sql find_driver_busy_sql{"carpool.find_driver_busy", R"sql(
    select null::uuid as booking_id, t.id as trip_id, t.departure_time as "from",
           t.arrival_eta as until
      from carpool.trips t
     where t.driver_id = $1 and t.id <> $2 and t.status in ('published', 'ongoing')
       and t.deleted_at is null
       and tstzrange(t.departure_time, t.arrival_eta) && tstzrange($3, $4)
    union all
    select b.id, null, b.pickup_at, b.dropoff_at
      from carpool.bookings b
     where b.passenger_id = $1 and b.status in ('accepted', 'paid')
       and tstzrange(b.pickup_at, b.dropoff_at) && tstzrange($3, $4)
     limit 1)sql"};

Task<std::optional<BusyTime>> find_driver_busy(pg::Tx& tx, AccountId driver, TripId but,
                                               Interval interval) {
    const pg::Rows rows =
        co_await tx.query(find_driver_busy_sql, driver, but, interval.from, interval.until);
    co_return rows.at_most_one<BusyTime>();
}

// --- writing -------------------------------------------------------------------------------------

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
    update carpool.trip_segments set seats_free = seats_free + $4::smallint
     where trip_id = $1 and from_m >= $2 and to_m <= $3)sql"};

void save_seats(pg::Tx& tx, const SeatChange& change) {
    tx.enqueue(save_seats_sql, change.trip_id, change.stretch.from_m, change.stretch.to_m,
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
