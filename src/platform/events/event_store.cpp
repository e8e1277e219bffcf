#include "platform/events/event_store.hpp"

namespace taama::events {

namespace {

constexpr std::string_view lease_name = "events.dispatch";

PG_STATEMENT constexpr pg::Sql insert_events_sql{"platform.insert_events", R"sql(
    insert into platform.outbox (id, name, payload, at, next_attempt_at)
    select id, name, payload, at, at
      from unnest($1::uuid[], $2::text[], $3::jsonb[], $4::timestamptz[])
           as e (id, name, payload, at))sql"};

// An attempt further ahead than any back-off was planned before the clock was set back.
PG_STATEMENT constexpr pg::Sql find_due_events_sql{"platform.find_due_events", R"sql(
    select id, name, payload, at, attempts
      from platform.outbox
     where delivered_at is null
       and (next_attempt_at <= $1 or next_attempt_at > $1::timestamptz + interval '2 hours')
     order by seq
     limit $2)sql"};

PG_STATEMENT constexpr pg::Sql insert_marks_sql{"platform.insert_event_marks", R"sql(
    insert into platform.event_marks (consumer, event_id, at)
    select $1, unnest($2::uuid[]), $3
        on conflict (consumer, event_id) do nothing
    returning event_id)sql"};

PG_STATEMENT constexpr pg::Sql save_delivered_sql{"platform.save_events_delivered", R"sql(
    update platform.outbox
       set delivered_at = $2
     where id = any($1::uuid[]) and delivered_at is null)sql"};

PG_STATEMENT constexpr pg::Sql save_failed_sql{"platform.save_event_failed", R"sql(
    update platform.outbox
       set attempts = attempts + 1, next_attempt_at = $2
     where id = $1 and delivered_at is null)sql"};

// A lease that ends later than any could was taken before the clock was set back.
PG_STATEMENT constexpr pg::Sql hold_lease_sql{"platform.hold_lease", R"sql(
    insert into platform.leases as l (name, holder, held_until)
    values ($1, $2, $4)
        on conflict (name) do update
       set holder = excluded.holder, held_until = excluded.held_until
     where l.holder = excluded.holder or l.held_until <= $3 or l.held_until > $4
    returning true)sql"};

PG_STATEMENT constexpr pg::Sql release_lease_sql{"platform.release_lease", R"sql(
    delete from platform.leases where name = $1 and holder = $2)sql"};

PG_STATEMENT constexpr pg::Sql delete_delivered_sql{"platform.delete_delivered_events", R"sql(
    delete from platform.outbox
     where ctid = any (array(select ctid from platform.outbox where delivered_at < $1
                              order by delivered_at limit 5000)))sql"};

PG_STATEMENT constexpr pg::Sql delete_marks_sql{"platform.delete_event_marks", R"sql(
    delete from platform.event_marks
     where ctid = any (array(
           select m.ctid
             from platform.event_marks m
            where m.at < $1
              and not exists (select from platform.outbox o where o.id = m.event_id)
            limit 5000)))sql"};

}  // namespace

void insert_event(pg::Tx& tx, const Event& event) {
    tx.enqueue_last(insert_events_sql, event.id, event.name, event.payload, event.at);
}

Task<std::vector<DueEvent>> find_due_events(pg::Db& db, UtcTime now, int limit) {
    co_return (co_await db.query(find_due_events_sql, now, limit)).all<DueEvent>();
}

Task<std::vector<EventId>> insert_marks(pg::Tx& tx, std::string_view consumer,
                                        const std::vector<EventId>& events, UtcTime now) {
    co_return (co_await tx.query(insert_marks_sql, consumer, events, now)).all<EventId>();
}

void save_delivered(pg::Tx& tx, const std::vector<EventId>& events, UtcTime now) {
    tx.enqueue(save_delivered_sql, events, now);
}

void save_failed(pg::Tx& tx, EventId event, UtcTime next_attempt_at) {
    tx.enqueue(save_failed_sql, event, next_attempt_at);
}

Task<bool> hold_lease(pg::Db& db, Holder holder) {
    const pg::Rows rows = co_await db.query(hold_lease_sql, lease_name, holder.name, holder.now,
                                            holder.now + holder.life);
    co_return !rows.empty();
}

Task<void> release_lease(pg::Db& db, std::string_view holder) {
    co_await db.query(release_lease_sql, lease_name, holder);
}

Task<std::int64_t> delete_delivered(pg::Db& db, UtcTime before) {
    co_return (co_await db.query_slow(delete_delivered_sql, before)).affected();
}

Task<std::int64_t> delete_marks(pg::Db& db, UtcTime before) {
    co_return (co_await db.query_slow(delete_marks_sql, before)).affected();
}

}  // namespace taama::events
