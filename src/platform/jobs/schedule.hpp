#pragma once

// When schedules run, and their rows.

#include <boost/describe/class.hpp>

#include <string>
#include <string_view>
#include <vector>

#include "platform/jobs/job_store.hpp"

namespace taama::jobs {

// "@every 300s" or "10 0 * * *".
std::string to_cron(const Cadence& cadence);
UtcTime first_run(const Cadence& cadence, UtcTime now, const TimeZone& zone);
// The run after the one that was due at `due` and has just ended; runs that were missed are not
// made up.
UtcTime next_run(const Cadence& cadence, UtcTime due, UtcTime now, const TimeZone& zone);

struct DueSchedule {
    std::string name;
    UtcTime next_run_at;
};
BOOST_DESCRIBE_STRUCT(DueSchedule, (), (name, next_run_at))

// Makes the row, or adapts it when the program's cadence is another one now.
void save_schedule(pg::Tx& tx, const Registry::Schedule& schedule, UtcTime now,
                   const TimeZone& zone);
Task<std::vector<DueSchedule>> find_due_schedules(pg::Db& db, UtcTime now,
                                                  const std::vector<std::string>& names);
// False when another node was faster.
Task<bool> claim_schedule(pg::Db& db, const Claim& claim, std::string_view name);
Task<void> renew_schedules(pg::Db& db, const Claim& claim, const std::vector<std::string>& names);

struct ScheduleOutcome {
    std::string_view name;
    std::string_view worker;
    UtcTime started_at;
    std::string_view status;  // "ok", or what went wrong
    UtcTime next_run_at;
};
Task<void> save_schedule_run(pg::Db& db, const ScheduleOutcome& outcome);

}  // namespace taama::jobs
