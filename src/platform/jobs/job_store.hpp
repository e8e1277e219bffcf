#pragma once

#include <boost/describe/class.hpp>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "platform/jobs/jobs.hpp"

namespace taama::jobs {

struct TakenJob {
    JobId id;
    std::string name;
    boost::json::value payload;
    int attempts;
    int max_attempts;
    UtcTime run_at;
};
BOOST_DESCRIBE_STRUCT(TakenJob, (), (id, name, payload, attempts, max_attempts, run_at))

// Who works, when, and until when that is believed.
struct Claim {
    std::string_view worker;
    UtcTime now;
    Seconds lease;
};

Task<std::vector<TakenJob>> take_jobs(pg::Db& db, const Claim& claim,
                                      const std::vector<std::string>& names, int limit);
Task<void> renew_jobs(pg::Db& db, const Claim& claim, const std::vector<JobId>& jobs);

// Nothing happens when the lease was lost meanwhile.
struct Outcome {
    JobId job;
    int attempt;
    std::string_view worker;
    UtcTime now;
};
Task<void> save_done(pg::Db& db, const Outcome& outcome);
Task<void> save_queued_again(pg::Db& db, const Outcome& outcome, UtcTime run_at,
                             std::string_view error);
Task<void> save_dead(pg::Db& db, const Outcome& outcome, std::string_view error);
// Jobs of vanished workers: queued again, or dead when that was their last attempt.
Task<void> recover_lost_jobs(pg::Db& db, const Claim& claim);

Task<std::int64_t> delete_finished_jobs(pg::Db& db, UtcTime before);
Task<std::int64_t> delete_seen_webhooks(pg::Db& db, UtcTime before);

}  // namespace taama::jobs
