// Work by the clock: holds that lapse, requests nobody answered, passengers who did not come, trips
// nobody closed. Each booking and each trip is a transaction of its own; repeating changes nothing.

#include "platform/jobs/jobs.hpp"
#include "modules/carpool/carpool.hpp"
#include "modules/carpool/ride_steps.hpp"
#include "modules/carpool/settings.hpp"
#include "modules/carpool/trip_news.hpp"
#include "modules/vehicles/vehicles.hpp"

namespace taama::carpool {

namespace keys = settings_keys;

namespace {

constexpr std::int64_t batch = 500;
constexpr auto closed_empty_after = std::chrono::hours{6};

Doer by_clock(UtcTime now) { return {.actor = Actor::system, .now = now}; }

// One that fails does not hold up the others; its failure is the job's in the end.
template <class Id>
Task<void> for_each(const Deps& deps, const std::vector<Id>& ids,
                    Task<void> (*run)(const Deps&, Id)) {
    std::exception_ptr failure;
    for (const Id id : ids) {
        try {
            co_await run(deps, id);
        } catch (...) {
            if (!failure) failure = std::current_exception();
        }
    }
    if (failure) std::rethrow_exception(failure);
}

// Each statement names what is due; what a transaction then finds locked decides.
PG_STATEMENT constexpr pg::Sql find_due_holds_sql{"carpool.find_due_holds", R"sql(
    (select id from carpool.bookings
      where status = 'pending' and request_expires_at <= $1
      order by request_expires_at limit $3)
    union
    (select id from carpool.bookings
      where status = 'accepted' and hold_expires_at <= $1
        and (seats_held or hold_expires_at <= $2)
      order by hold_expires_at limit $3)
    union
    (select id from carpool.bookings
      where status = 'accepted' and cash_due = 0 and pickup_at <= $1
      order by pickup_at limit $3))sql"};

Task<void> release_hold(const Deps& deps, BookingId id) {
    const UtcTime now = deps.clock.now();
    const auto grace = std::chrono::minutes{deps.settings.get(keys::lapsed_grace_min)};
    pg::Tx tx = co_await deps.db.begin();
    lock_booking(tx, id);
    auto booking = co_await find_booking(tx, id);
    if (!booking) co_return;
    release_lapsed_holds(tx, *booking, now);
    const bool unpaid = booking->status == BookingStatus::accepted && booking->cash_due == 0;
    const bool lapsed_for_long =
        booking->hold_expires_at && now >= *booking->hold_expires_at + grace;
    if (booking->status == BookingStatus::pending && now >= booking->request_expires_at)
        co_await cancel(deps, tx, *booking,
                        {.event = BookingEvent::expire, .reason = "request_expired"},
                        by_clock(now));
    else if (unpaid && (lapsed_for_long || now >= booking->pickup_at))
        co_await cancel(deps, tx, *booking,
                        {.event = BookingEvent::time_out, .reason = "payment_timeout"},
                        by_clock(now));
    co_await tx.commit();
}

Task<void> release_holds(const Deps& deps) {
    const UtcTime now = deps.clock.now();
    const auto grace = std::chrono::minutes{deps.settings.get(keys::lapsed_grace_min)};
    const pg::Rows rows = co_await deps.db.query(find_due_holds_sql, now, now - grace, batch);
    co_await for_each(deps, rows.all<BookingId>(), release_hold);
}

// While a trip has not started its passengers cannot be absent: the driver is.
// Who waits for check-in at a stop where others already got on, or before it. Each trip is looked
// at once, however many are missing.
PG_STATEMENT constexpr pg::Sql find_absent_sql{"carpool.find_absent", R"sql(
    with late as materialized (
        select b.id, b.trip_id, b.pickup_at
          from carpool.bookings b
         where b.status = 'paid' and b.checked_in_at is null and b.pickup_at <= $1
    ), passed as materialized (
        select o.trip_id, max(o.pickup_at) as pickup_at
          from carpool.bookings o
         where o.trip_id in (select trip_id from late) and o.started_at is not null
         group by o.trip_id
    )
    select l.id
      from late l
      join passed p on p.trip_id = l.trip_id and p.pickup_at >= l.pickup_at
     order by l.pickup_at
     limit $2)sql"};

Task<void> mark_absent_one(const Deps& deps, BookingId id) {
    const UtcTime now = deps.clock.now();
    pg::Tx tx = co_await deps.db.begin();
    lock_booking(tx, id);
    auto booking = co_await find_booking(tx, id);
    if (!booking || booking->status != BookingStatus::paid || booking->checked_in_at) co_return;
    co_await mark_absent(deps, tx, *booking, by_clock(now));
    co_await tx.commit();
}

Task<void> mark_no_shows(const Deps& deps) {
    const auto wait = std::chrono::minutes{deps.settings.get(keys::no_show_wait_min)};
    const pg::Rows rows = co_await deps.db.query(find_absent_sql, deps.clock.now() - wait, batch);
    co_await for_each(deps, rows.all<BookingId>(), mark_absent_one);
}

PG_STATEMENT constexpr pg::Sql find_overdue_sql{"carpool.find_overdue_trips", R"sql(
    select id
      from carpool.trips
     where deleted_at is null
       and status in ('published', 'ongoing')
       and departure_time <= greatest($1::timestamptz, $2, $3)
       and (status = 'ongoing' and arrival_eta <= $1
            or status = 'published' and (arrival_eta <= $2 or departure_time <= $3))
     order by departure_time
     limit $4)sql"};

Task<void> cancel_absent_driver(const Deps& deps, pg::Tx& tx, Trip& trip, UtcTime now) {
    const TripStatus from = trip.status;
    trip.status = next_or_throw(from, TripEvent::driver_absent, Actor::system);
    co_await cancel_bookings_of(deps, tx, trip.id, "driver_absent", by_clock(now));
    trip.cancel_reason = "driver_absent";
    trip.cancelled_by = Actor::system;
    trip.cancelled_at = trip.updated_at = now;
    save_trip(tx, trip);
    ++trip.version;
    save_open(tx, trip.id, false);
    save_trip_history(tx,
                      {.trip_id = trip.id,
                       .event = name_of(TripEvent::driver_absent),
                       .from = from,
                       .to = trip.status,
                       .by = {}},
                      now);
    vehicles::release_calendar(tx, vehicles::UseKind::trip, trip.id.uuid);
    tell_trip(tx, "trip.cancelled", trip, now, {{"by", "system"}, {"reason", "driver_absent"}});
}

Task<void> close_trip(const Deps& deps, TripId id) {
    const UtcTime now = deps.clock.now();
    const auto auto_end = std::chrono::hours{deps.settings.get(keys::auto_end_h)};
    const auto unstarted = std::chrono::hours{deps.settings.get(keys::unstarted_close_h)};
    pg::Tx tx = co_await deps.db.begin();
    lock_trip(tx, id);
    auto trip = co_await find_trip(tx, id, std::nullopt);
    if (!trip) co_return;
    release_lapsed_holds(tx, trip->id, trip->holds, now);
    const bool expected = trip->counts.paid > 0;
    if (trip->status == TripStatus::ongoing && now >= trip->arrival_eta + auto_end)
        co_await finish_trip(deps, tx, *trip, TripEvent::auto_end, by_clock(now));
    else if (trip->status == TripStatus::published && expected &&
             now >= trip->departure_time + unstarted)
        co_await cancel_absent_driver(deps, tx, *trip, now);
    else if (trip->status == TripStatus::published && !expected &&
             now >= trip->arrival_eta + closed_empty_after)
        co_await finish_trip(deps, tx, *trip, TripEvent::close_empty, by_clock(now));
    else
        co_return;
    co_await tx.commit();
}

Task<void> close_trips(const Deps& deps) {
    const UtcTime now = deps.clock.now();
    const auto auto_end = std::chrono::hours{deps.settings.get(keys::auto_end_h)};
    const auto unstarted = std::chrono::hours{deps.settings.get(keys::unstarted_close_h)};
    const pg::Rows rows = co_await deps.db.query(find_overdue_sql, now - auto_end,
                                                 now - closed_empty_after, now - unstarted, batch);
    co_await for_each(deps, rows.all<TripId>(), close_trip);
}

}  // namespace

void register_jobs(jobs::Registry& registry, const Deps& deps) {
    using jobs::Every;
    registry.schedule("carpool.release_holds", Every{Seconds{10}},
                      [&deps] { return release_holds(deps); });
    registry.schedule("carpool.no_shows", Every{Seconds{60}},
                      [&deps] { return mark_no_shows(deps); });
    registry.schedule("carpool.close_trips", Every{Seconds{60}},
                      [&deps] { return close_trips(deps); });
}

}  // namespace taama::carpool
