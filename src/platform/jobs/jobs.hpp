#pragma once

// Work by the clock and on demand: a queue in PostgreSQL (platform.jobs) and a table of schedules.
// Every handler is idempotent: a job runs at least once.

#include <boost/json/value.hpp>

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "platform/id.hpp"
#include "platform/pg/tx.hpp"
#include "platform/task.hpp"
#include "platform/time/time.hpp"

namespace taama::jobs {

using JobId = Id<struct JobTag>;

// What enqueue() announces at the commit.
inline constexpr std::string_view topic = "platform.jobs";

struct Job {
    JobId id;
    std::string name;
    boost::json::value payload;
    int attempts;  // this one included, from 1
};

struct When {
    std::optional<UtcTime> run_at = {};  // default: now
    std::string dedupe_key =
        {};  // not empty: at most one queued or running job of this name and key
    int max_attempts = 10;
};

// Writes the job in the caller's transaction and wakes a worker when that commits. A job with the
// same name and dedupe key that waits already makes this one superfluous: nothing is written.
void enqueue(pg::Tx& tx, std::string_view name, boost::json::value payload, UtcTime now,
             When when = {});

using Handler = std::function<Task<void>(const Job&)>;
using Tick = std::function<Task<void>()>;

struct Every {
    Seconds interval;
};
struct Daily {
    int hour;
    int minute;  // local time of the operator
};
using Cadence = std::variant<Every, Daily>;

// What the modules offer; filled by app/ before the runner starts.
class Registry {
public:
    void on(std::string name, Handler handler);
    void schedule(std::string name, Cadence cadence, Tick tick);

    struct Schedule {
        std::string name;
        Cadence cadence;
        Tick tick;
    };
    const std::vector<std::pair<std::string, Handler>>& handlers() const { return handlers_; }
    const std::vector<Schedule>& schedules() const { return schedules_; }

private:
    std::vector<std::pair<std::string, Handler>> handlers_;
    std::vector<Schedule> schedules_;
};

struct RunnerOptions {
    int concurrency = 8;
    Seconds lease{60};
    std::chrono::milliseconds poll{500};  // when nobody wakes it
    TimeZone zone = {};
};

// Takes due jobs (FOR UPDATE SKIP LOCKED, leased, renewed), runs them, retries with back-off
// min(5·2^(n−1), 3600) s ± 20 %, and marks them dead after their last attempt (event job.dead). A
// job whose worker vanished is queued again when its lease is over. A schedule runs on the node
// that gets its row's lease; a new one is due at once when it has an interval, else at its next
// time of day. Runs on one io_context until stop(); knows of its own Db's commits by itself.
class Runner {
public:
    Runner(asio::io_context& io, pg::Db& db, const Clock& clock, const Registry& registry,
           RunnerOptions options);
    ~Runner();

    void start();
    // Takes nothing new and returns when what runs has ended (at most `patience`).
    Task<void> stop(Seconds patience);
    void wake();  // from its own thread
    // Wakes it from any thread, for as long as its io_context lives: for the Dbs of other threads,
    // with Db::on_announcement(jobs::topic, …).
    std::function<void()> waker() const;
    // Instead of start(), for tests: runs every due job and schedule once, also those that their
    // own work makes due.
    Task<int> run_due();

    struct Impl;

private:
    std::shared_ptr<Impl> impl_;
};

}  // namespace taama::jobs
