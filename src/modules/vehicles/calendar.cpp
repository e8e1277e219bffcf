#include "modules/vehicles/calendar.hpp"

#include "modules/vehicles/errors.hpp"
#include "platform/events/events.hpp"

namespace taama::vehicles {

namespace {

struct Busy {
    UseKind kind;
    UtcTime from;
    UtcTime to;
};
BOOST_DESCRIBE_STRUCT(Busy, (), (kind, from, to))

struct Entry {
    EntryId id;
    Use use;
    std::optional<std::string> note;
};

void tell_changed(pg::Tx& tx, VehicleId vehicle, UtcTime now) {
    events::emit(tx, "vehicle.calendar_changed", {{"vehicle_id", vehicle.to_string()}}, now);
}

}  // namespace

Refusal in_use(const std::vector<CalendarEntry>& entries) {
    boost::json::array listed;
    for (const CalendarEntry& entry : entries)
        listed.push_back({{"kind", boost::describe::enum_to_string(entry.kind, "")},
                          {"from", to_string(entry.from)},
                          {"to", to_string(entry.to)}});
    return Refusal{errors::conflict, {{"reason", "in_use"}, {"entries", std::move(listed)}}};
}

// Two that enter at once are told apart by the exclusion constraint calendar_one_use.
PG_STATEMENT constexpr pg::Sql take_calendar_sql{"vehicles.take_calendar", R"sql(
    with busy as (
        select kind, lower(period) as "from", upper(period) as "to"
          from vehicles.calendar
         where vehicle_id = $2 and period && tstzrange($5, $6) and not (kind = $3 and ref_id = $4)
    ), entered as (
        insert into vehicles.calendar
               (id, vehicle_id, period, kind, ref_id, holder_user_id, seats_needed, note, created_at)
        select $1, $2, tstzrange($5, $6), $3, $4, $7, $8, $9, $10
         where not exists (select 1 from busy)
        on conflict (kind, ref_id) do update
           set vehicle_id = excluded.vehicle_id, period = excluded.period,
               seats_needed = excluded.seats_needed
    )
    select kind, "from", "to" from busy order by "from")sql"};

static Task<void> take(pg::Tx& tx, const Entry& entry, UtcTime now) {
    const Use& use = entry.use;
    const pg::Rows rows =
        co_await tx.query(take_calendar_sql, entry.id, use.vehicle_id, use.kind, use.ref_id,
                          use.from, use.until, use.holder, use.seats_needed, entry.note, now);
    if (rows.empty()) {
        tell_changed(tx, use.vehicle_id, now);
        co_return;
    }
    boost::json::array busy;
    for (const Busy& one : rows.all<Busy>())
        busy.push_back({{"kind", boost::describe::enum_to_string(one.kind, "")},
                        {"from", to_string(one.from)},
                        {"to", to_string(one.to)}});
    throw Refusal{errors::vehicle_unavailable, {{"busy", std::move(busy)}}};
}

Task<void> take_calendar(pg::Tx& tx, const Use& use, UtcTime now) {
    co_await take(tx, Entry{EntryId::make(), use, std::nullopt}, now);
}

Task<void> add_maintenance(pg::Tx& tx, const Maintenance& maintenance, UtcTime now) {
    const Use use{maintenance.vehicle_id, UseKind::maintenance,      maintenance.id.uuid,
                  maintenance.holder,     maintenance.interval.from, maintenance.interval.until};
    co_await take(tx, Entry{maintenance.id, use, maintenance.note}, now);
}

PG_STATEMENT constexpr pg::Sql release_calendar_sql{"vehicles.release_calendar", R"sql(
    delete from vehicles.calendar where kind = $1 and ref_id = $2)sql"};

void release_calendar(pg::Tx& tx, UseKind kind, Uuid ref_id) {
    tx.enqueue(release_calendar_sql, kind, ref_id);
}

PG_STATEMENT constexpr pg::Sql cut_calendar_sql{"vehicles.cut_calendar", R"sql(
    update vehicles.calendar set period = tstzrange(lower(period), $3)
     where kind = $1 and ref_id = $2 and period @> $3::timestamptz and lower(period) < $3)sql"};

PG_STATEMENT constexpr pg::Sql drop_unused_sql{"vehicles.drop_unused_calendar", R"sql(
    delete from vehicles.calendar
     where kind = $1 and ref_id = $2 and lower(period) >= $3)sql"};

void cut_calendar(pg::Tx& tx, UseKind kind, Uuid ref_id, UtcTime until) {
    // What ended before it was to begin took the vehicle for no time at all.
    tx.enqueue(drop_unused_sql, kind, ref_id, until);
    tx.enqueue(cut_calendar_sql, kind, ref_id, until);
}

PG_STATEMENT constexpr pg::Sql find_calendar_sql{"vehicles.find_calendar", R"sql(
    select id, kind, lower(period) as "from", upper(period) as "to", ref_id, note
      from vehicles.calendar
     where vehicle_id = $1 and period && tstzrange($2, $3)
     order by lower(period))sql"};

Task<std::vector<CalendarEntry>> find_calendar(pg::Tx& tx, VehicleId vehicle, Interval interval) {
    const pg::Rows rows =
        co_await tx.query(find_calendar_sql, vehicle, interval.from, interval.until);
    co_return rows.all<CalendarEntry>();
}

PG_STATEMENT constexpr pg::Sql find_entries_ahead_sql{"vehicles.find_entries_ahead", R"sql(
    select id, kind, lower(period) as "from", upper(period) as "to", ref_id, note
      from vehicles.calendar
     where vehicle_id = $1 and upper(period) > $2
     order by lower(period))sql"};

Task<std::vector<CalendarEntry>> find_entries_ahead(pg::Tx& tx, VehicleId vehicle, UtcTime now) {
    const pg::Rows rows = co_await tx.query(find_entries_ahead_sql, vehicle, now);
    co_return rows.all<CalendarEntry>();
}

PG_STATEMENT constexpr pg::Sql find_seats_needed_sql{"vehicles.find_seats_needed_ahead", R"sql(
    select coalesce(max(seats_needed), 0)
      from vehicles.calendar
     where vehicle_id = $1 and upper(period) > $2)sql"};

Task<std::int32_t> find_seats_needed_ahead(pg::Tx& tx, VehicleId vehicle, UtcTime now) {
    const pg::Rows rows = co_await tx.query(find_seats_needed_sql, vehicle, now);
    co_return rows.one<std::int32_t>();
}

PG_STATEMENT constexpr pg::Sql remove_maintenance_sql{"vehicles.remove_maintenance", R"sql(
    delete from vehicles.calendar
     where vehicle_id = $1 and id = $2 and kind = 'maintenance')sql"};

Task<bool> remove_maintenance(pg::Tx& tx, VehicleId vehicle, EntryId entry) {
    const pg::Rows rows = co_await tx.query(remove_maintenance_sql, vehicle, entry);
    co_return rows.affected() == 1;
}

}  // namespace taama::vehicles
