#include "modules/carpool/trip_store.hpp"

#include <fmt/ranges.h>

#include "modules/carpool/card_columns.hpp"
#include "platform/pg/in_places.hpp"

namespace taama::carpool {

// --- locks ---------------------------------------------------------------------------------------

// An update whose condition is false still locks the row, and writes nothing.
PG_STATEMENT constexpr pg::Sql lock_persons_sql{"carpool.lock_persons", R"sql(
    insert into carpool.person_guards (user_id)
    select id from unnest($1::uuid[]) as w (id) order by id
    on conflict (user_id) do update set user_id = excluded.user_id where false)sql"};

// Waits only where somebody else is making the first guard of the same person.
PG_STATEMENT constexpr pg::Sql lock_free_persons_sql{"carpool.lock_free_persons", R"sql(
    with wanted as (
        select id, place from unnest($1::uuid[]) with ordinality as w (id, place)),
    made as (
        insert into carpool.person_guards (user_id)
        select id from wanted order by id
        on conflict (user_id) do nothing
        returning user_id),
    held as (
        select g.user_id from wanted w join carpool.person_guards g on g.user_id = w.id
           for no key update of g skip locked)
    select w.place
      from wanted w
      join (select user_id from made union all select user_id from held) g on g.user_id = w.id)sql"};

constexpr pg::Lock person_guard{lock_persons_sql, lock_free_persons_sql};

void lock_person(pg::Tx& tx, AccountId person) { tx.lock(person_guard, person); }

PG_STATEMENT constexpr pg::Sql lock_trips_sql{"carpool.lock_trips", R"sql(
    select id from carpool.trips where id = any ($1::uuid[]) order by id for no key update)sql"};

PG_STATEMENT constexpr pg::Sql lock_free_trips_sql{"carpool.lock_free_trips", R"sql(
    select w.place
      from unnest($1::uuid[]) with ordinality as w (id, place)
      join carpool.trips t on t.id = w.id and t.deleted_at is null
       for no key update of t skip locked)sql"};

constexpr pg::Lock trip_row{lock_trips_sql, lock_free_trips_sql};

void lock_trip(pg::Tx& tx, TripId trip) { tx.lock(trip_row, trip); }

// --- reading -------------------------------------------------------------------------------------

#define SHAPE_COLUMNS \
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
           t.xmin as row_version,
)sql"
#define LIVE_COLUMNS \
    R"sql(
           array(select row(g.from_m, g.to_m, g.seats_free)
                   from carpool.trip_segments g where g.trip_id = t.id order by g.from_m)
           as segments, b.holds,
)sql" PERSON_COLUMNS("p", "driver", "c.driven",                                                  \
                     "case when b.viewer_has_paid then "                                         \
                     "(select a.phone from identity.account_facts a where a.id = p.id) end") ", " \
    VEHICLE_COLUMNS("v") R"sql(,
           b.pending, b.accepted, b.paid, b.viewer_rides, b.viewer_has_paid
)sql"
#define LIVE_SOURCE(viewer) \
    R"sql(
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
               coalesce(bool_or(b.passenger_id = )sql" viewer R"sql(
                                and b.cancel_reason is distinct from 'driver_rejected'), false)
               as viewer_rides,
               coalesce(bool_or(b.passenger_id = )sql" viewer R"sql(
                                and b.status in ('paid', 'completed')), false)
               as viewer_has_paid
          from carpool.bookings b
         where b.trip_id = t.id) b
)sql"
#define TRIP_SOURCE \
    " from carpool.trips t join carpool.routes r on r.id = t.route_id " LIVE_SOURCE("$2::uuid")
#define TRIP_CONDITION " where t.id = any ($1) and ($3 or t.deleted_at is null)"

// $1 trips, $2 viewer, $3 deleted ones too.
PG_STATEMENT constexpr pg::Sql find_trips_sql{
    "carpool.find_trips", SHAPE_COLUMNS LIVE_COLUMNS TRIP_SOURCE TRIP_CONDITION};

// The same but for the shape, each trip for its viewer, deleted ones too. $1 trips, $2 viewers.
PG_STATEMENT constexpr pg::Sql find_trips_now_sql{
    "carpool.find_trips_now", "select t.id, t.xmin as row_version, " LIVE_COLUMNS R"sql(, q.place
      from unnest($1::uuid[], $2::uuid[]) with ordinality q(trip_id, viewer_id, place)
      join carpool.trips t on t.id = q.trip_id
)sql" LIVE_SOURCE("q.viewer_id")};

// Accepted or paid, and pending, said so that the index of a person's live bookings serves, which
// are few. PostgreSQL would rather take that of the exclusion constraint (six times as long) and
// that of all requests.
#define LIVE(b) b ".status in ('pending', 'accepted', 'paid') and " b ".status "
#define CONFIRMED(b) LIVE(b) "not in ('pending')"
#define REQUESTED(b) LIVE(b) "not in ('accepted', 'paid')"

// A statement of its own: PostgreSQL sets up every part of a plan before it looks whether the part
// is wanted, and those who only look are many. $1 trips, $2 who books, $3 now, $4 window of the
// unpaid limit in seconds, $5 candidates for a reference, with spaces between.
PG_STATEMENT constexpr pg::Sql find_trips_to_book_sql{
    "carpool.find_trips_to_book", SHAPE_COLUMNS LIVE_COLUMNS
    ", " PERSON_COLUMNS("q", "passenger", "k.ridden", "null::text") R"sql(,
           a.status, a.kyc_tier,
           exists (select 1 from identity.account_facts d
                    where d.id = t.driver_id and d.phone = a.phone
                      and d.phone_verified_at is not null and a.phone_verified_at is not null)
           as shares_phone,
           (select b.id from carpool.bookings b
             where b.trip_id = t.id and b.passenger_id = a.id
               and b.status in ('pending', 'accepted', 'paid')) as live_booking_id,
           exists (select 1 from carpool.bookings b
                    where b.trip_id = t.id and b.passenger_id = a.id
                      and b.status in ('cancelled', 'completed')
                      and b.cancel_reason = 'driver_rejected') as rejected_before,
           array(select row(y.booking_id, y.trip_id, y.from_at, y.until_at) from (
                    select b.id as booking_id, null::uuid as trip_id, b.pickup_at as from_at,
                           b.dropoff_at as until_at
                      from carpool.bookings b
                     where b.passenger_id = a.id and )sql" CONFIRMED("b") R"sql(
                       and b.pickup_at < t.arrival_eta and b.dropoff_at > t.departure_time
                    union all
                    select null, o.id, o.departure_time, o.arrival_eta
                      from carpool.trips o
                     where o.driver_id = a.id and o.status in ('published', 'ongoing')
                       and o.deleted_at is null
                       and o.departure_time < t.arrival_eta
                       and o.arrival_eta > t.departure_time) y
                  order by y.from_at) as busy,
           array(select row(b.id, null::uuid, b.pickup_at, b.dropoff_at)
                   from carpool.bookings b
                  where b.passenger_id = a.id and )sql" REQUESTED("b") R"sql(
                    and b.trip_id <> t.id
                    and b.pickup_at < t.arrival_eta
                    and b.dropoff_at > t.departure_time) as requests,
           array(select b.created_at
                   from carpool.bookings b
                  where b.passenger_id = a.id and b.paid_at is null
                    and b.created_at > w.now - make_interval(secs => w.unpaid_window_s)
                    and not (b.status = 'cancelled'
                             and (b.cancelled_by = 'staff'
                                  or b.cancel_reason in ('driver_rejected', 'request_expired',
                                     'superseded', 'sold_out', 'trip_cancelled', 'trip_deleted')))
                  order by b.created_at) as unpaid_at,
           (select f.id from payments.fee_terms f
             where f.vertical = 'carpool' and f.effective_from <= w.now
             order by f.effective_from desc, f.version desc
             limit 1) as fee_schedule_id,
           (select r from unnest(string_to_array(w.choices, ' ')) r
             where not exists (select 1 from carpool.bookings b where b.reference = r)
             limit 1) as reference,
           w.place
      from unnest($1::uuid[], $2::uuid[], $3::timestamptz[], $4::int[], $5::text[])
           with ordinality as w (trip_id, passenger_id, now, unpaid_window_s, choices, place)
      join identity.account_facts a on a.id = w.passenger_id
      join identity.person_cards q on q.id = w.passenger_id
      left join carpool.person_counts k on k.user_id = w.passenger_id
      join carpool.trips t on t.id = w.trip_id and t.deleted_at is null
      join carpool.routes r on r.id = t.route_id
)sql" LIVE_SOURCE("w.passenger_id") R"sql(
     order by w.place)sql"};

#undef LIVE
#undef CONFIRMED
#undef REQUESTED
#undef SHAPE_COLUMNS
#undef LIVE_COLUMNS
#undef LIVE_SOURCE
#undef TRIP_SOURCE
#undef TRIP_CONDITION

namespace {

struct PlacedTrip : TripNow {
    std::size_t place = 0;  // of the look, from 1
};
BOOST_DESCRIBE_STRUCT(PlacedTrip, (TripNow), (place))

template <class Database>
Task<std::vector<std::optional<TripNow>>> look(Database& db, const std::vector<TripLook>& looks) {
    std::vector<TripId> trips;
    std::vector<std::optional<AccountId>> viewers;
    for (const TripLook& one : looks) {
        trips.push_back(one.trip);
        viewers.push_back(one.viewer);
    }
    const pg::Rows rows = co_await db.query(find_trips_now_sql, trips, viewers);
    co_return pg::in_places<TripNow>(rows.all<PlacedTrip>(), looks.size());
}

}  // namespace

Task<std::vector<std::optional<TripNow>>> find_trips_now(pg::Db& db, std::vector<TripLook> looks) {
    co_return co_await look(db, looks);
}

Task<std::vector<std::optional<TripNow>>> find_trips_now(pg::Tx& tx, std::vector<TripLook> looks) {
    co_return co_await look(tx, looks);
}

Task<std::vector<TripRecord>> find_trips(pg::Tx& tx, const std::vector<TripId>& ids,
                                         std::optional<AccountId> viewer) {
    const pg::Rows rows = co_await tx.query(find_trips_sql, ids, viewer, true);
    co_return rows.all<TripRecord>();
}

Task<std::optional<TripRecord>> find_trip(pg::Db& db, TripId id, std::optional<AccountId> viewer) {
    const pg::Rows rows = co_await db.query(find_trips_sql, std::vector{id}, viewer, true);
    co_return rows.at_most_one<TripRecord>();
}

Task<std::optional<TripToBook>> find_trip_to_book(pg::Tx& tx, TripId id,
                                                  const BookerQuestion& booker) {
    const pg::Rows rows = co_await tx.query_row(find_trips_to_book_sql, id, booker.person,
                                                booker.now, booker.unpaid_window.count(),
                                                fmt::to_string(fmt::join(booker.references, " ")));
    co_return rows.at_most_one<TripToBook>();
}

Task<std::optional<TripRecord>> find_trip(pg::Tx& tx, TripId id, std::optional<AccountId> viewer) {
    const pg::Rows rows = co_await tx.query(find_trips_sql, std::vector{id}, viewer, false);
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

}  // namespace taama::carpool
