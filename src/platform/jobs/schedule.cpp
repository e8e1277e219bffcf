#include "platform/jobs/schedule.hpp"

#include <fmt/format.h>

namespace taama::jobs {

namespace {

// A lease or a last run in the future comes from before the clock was set back.
PG_STATEMENT constexpr pg::Sql find_due_schedules_sql{"platform.find_due_schedules", R"sql(
    select name, next_run_at
      from platform.schedules
     where name = any($2::text[]) and not paused and (next_run_at <= $1 or last_run_at > $1)
     order by next_run_at)sql"};

PG_STATEMENT constexpr pg::Sql claim_schedule_sql{"platform.claim_schedule", R"sql(
    update platform.schedules
       set worker = $2, lease_until = $4
     where name = $1 and not paused and (next_run_at <= $3 or last_run_at > $3)
       and (lease_until is null or lease_until <= $3 or lease_until > $4))sql"};

PG_STATEMENT constexpr pg::Sql renew_schedules_sql{"platform.renew_schedules", R"sql(
    update platform.schedules
       set lease_until = $3
     where name = any($1::text[]) and worker = $2)sql"};

PG_STATEMENT constexpr pg::Sql save_schedule_sql{"platform.save_schedule", R"sql(
    insert into platform.schedules as s (name, cron, time_zone, next_run_at)
    values ($1, $2, $3, $4)
        on conflict (name) do update
       set cron = excluded.cron, time_zone = excluded.time_zone, next_run_at = excluded.next_run_at
     where s.cron <> excluded.cron or s.time_zone <> excluded.time_zone)sql"};

PG_STATEMENT constexpr pg::Sql save_schedule_run_sql{"platform.save_schedule_run", R"sql(
    update platform.schedules
       set last_run_at = $3, last_status = $4, next_run_at = $5, worker = null, lease_until = null,
           last_success_at = case when $4 = 'ok' then $3 else last_success_at end
     where name = $1 and worker = $2)sql"};

UtcTime next_time_of_day(Daily daily, UtcTime after, const TimeZone& zone) {
    const auto time_of_day = std::chrono::hours{daily.hour} + std::chrono::minutes{daily.minute};
    auto day = std::chrono::sys_days{zone.local_date(after)};
    while (zone.start_of(Date{day}) + time_of_day <= after) day += std::chrono::days{1};
    return zone.start_of(Date{day}) + time_of_day;
}

}  // namespace

std::string to_cron(const Cadence& cadence) {
    if (const auto* every = std::get_if<Every>(&cadence))
        return fmt::format("@every {}s", every->interval.count());
    const auto& daily = std::get<Daily>(cadence);
    return fmt::format("{} {} * * *", daily.minute, daily.hour);
}

UtcTime first_run(const Cadence& cadence, UtcTime now, const TimeZone& zone) {
    if (std::holds_alternative<Every>(cadence)) return now;
    return next_time_of_day(std::get<Daily>(cadence), now, zone);
}

UtcTime next_run(const Cadence& cadence, UtcTime due, UtcTime now, const TimeZone& zone) {
    if (const auto* every = std::get_if<Every>(&cadence)) {
        // Keeps the rhythm as long as it keeps up. A due time ahead of now: the clock was set back.
        const UtcTime in_rhythm = due + every->interval;
        return in_rhythm > now && due <= now ? in_rhythm : now + every->interval;
    }
    return next_time_of_day(std::get<Daily>(cadence), now, zone);
}

void save_schedule(pg::Tx& tx, const Registry::Schedule& schedule, UtcTime now,
                   const TimeZone& zone) {
    tx.enqueue(save_schedule_sql, schedule.name, to_cron(schedule.cadence), zone.name(),
               first_run(schedule.cadence, now, zone));
}

Task<std::vector<DueSchedule>> find_due_schedules(pg::Db& db, UtcTime now,
                                                  const std::vector<std::string>& names) {
    co_return (co_await db.query(find_due_schedules_sql, now, names)).all<DueSchedule>();
}

Task<bool> claim_schedule(pg::Db& db, const Claim& claim, std::string_view name) {
    const pg::Rows rows = co_await db.query(claim_schedule_sql, name, claim.worker, claim.now,
                                            claim.now + claim.lease);
    co_return rows.affected() == 1;
}

Task<void> renew_schedules(pg::Db& db, const Claim& claim, const std::vector<std::string>& names) {
    co_await db.query(renew_schedules_sql, names, claim.worker, claim.now + claim.lease);
}

Task<void> save_schedule_run(pg::Db& db, const ScheduleOutcome& outcome) {
    co_await db.query(save_schedule_run_sql, outcome.name, outcome.worker, outcome.started_at,
                      outcome.status, outcome.next_run_at);
}

}  // namespace taama::jobs
