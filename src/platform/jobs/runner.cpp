#include "platform/jobs/jobs.hpp"

#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>

#include <algorithm>
#include <atomic>
#include <map>
#include <set>

#include "platform/assert.hpp"
#include "platform/jobs/job_store.hpp"
#include "platform/jobs/schedule.hpp"
#include "platform/retry.hpp"
#include "platform/task_group.hpp"
#include "platform/telemetry/log.hpp"

namespace taama::jobs {

namespace {

using SteadyTime = std::chrono::steady_clock::time_point;

constexpr std::size_t error_length_max = 2'000;
// A daily schedule that failed does not wait for the next day.
constexpr Seconds failed_daily_delay{300};
constexpr int due_runs_max = 10'000;

}  // namespace

struct Runner::Impl : std::enable_shared_from_this<Runner::Impl> {
    Impl(asio::io_context& io_context, pg::Db& database, const Clock& now, const Registry& offered,
         RunnerOptions with);

    Task<void> run(std::shared_ptr<Impl> self);
    Task<void> pause();
    void wake();
    Task<void> keep_leases(std::shared_ptr<Impl> self);
    void end_leases_when_idle();
    Task<void> save_schedules();
    Task<int> start_schedules();
    Task<int> start_jobs();
    Task<int> run_due_once();

    Task<void> run_job(std::shared_ptr<Impl> self, TakenJob job);
    Task<void> settle_job(const TakenJob& job, const std::string& error);
    void tell_end(std::string_view name, std::string_view result) const;
    Task<void> run_schedule(std::shared_ptr<Impl> self, DueSchedule due);
    Claim claim() const { return {worker, clock.now(), options.lease}; }
    const Handler& handler_of(std::string_view name) const;
    const Registry::Schedule& schedule_of(std::string_view name) const;

    asio::io_context& io;
    pg::Db& db;
    const Clock& clock;
    const Registry& registry;
    const RunnerOptions options;
    const std::string worker = Uuid::make().to_string();
    TaskGroup tasks;
    asio::steady_timer pause_timer;
    asio::steady_timer lease_timer;
    std::vector<std::string> job_names;
    std::vector<std::string> schedule_names;
    std::set<JobId> running_jobs;
    std::set<std::string> running_schedules;
    SteadyTime next_look_at_schedules{};
    SteadyTime next_recovery{};
    bool schedules_saved = false;
    bool more_waits = false;  // all slots were taken, so a free one looks again at once
    bool woken = false;
    bool stopping = false;
    bool abandoned = false;  // the Runner is gone, and what it referred to may be
    std::shared_ptr<std::atomic<bool>> wake_posted = std::make_shared<std::atomic<bool>>(false);
};

Runner::Impl::Impl(asio::io_context& io_context, pg::Db& database, const Clock& now,
                   const Registry& offered, RunnerOptions with)
    : io(io_context),
      db(database),
      clock(now),
      registry(offered),
      options(std::move(with)),
      tasks(io_context),
      pause_timer(io_context),
      lease_timer(io_context) {
    for (const auto& [name, handler] : registry.handlers()) job_names.push_back(name);
    for (const auto& schedule : registry.schedules()) schedule_names.push_back(schedule.name);
}

Task<void> Runner::Impl::run(std::shared_ptr<Impl> self) {
    while (!self->stopping) {
        try {
            const SteadyTime now = std::chrono::steady_clock::now();
            if (!schedules_saved) co_await save_schedules();
            if (now >= next_recovery) {
                co_await recover_lost_jobs(db, claim());
                next_recovery = now + options.lease / 4;
            }
            if (!stopping && now >= next_look_at_schedules) {
                co_await start_schedules();
                next_look_at_schedules = now + options.poll;
            }
            if (!stopping) co_await start_jobs();
        } catch (const std::exception& error) {
            if (!stopping) log::warn("jobs.polling_failed", {{"error", error.what()}});
        }
        if (!stopping) co_await pause();
    }
}

Task<void> Runner::Impl::pause() {
    if (!std::exchange(woken, false)) {
        pause_timer.expires_after(options.poll);
        boost::system::error_code cancelled;
        co_await pause_timer.async_wait(asio::redirect_error(use_task, cancelled));
        woken = false;
    }
}

void Runner::Impl::wake() {
    woken = true;
    pause_timer.cancel();
}

Task<void> Runner::Impl::keep_leases(std::shared_ptr<Impl> self) {
    // Goes on while stopping, for what still runs.
    while (!self->stopping || !running_jobs.empty() || !running_schedules.empty()) {
        lease_timer.expires_after(options.lease / 3);
        boost::system::error_code cancelled;
        co_await lease_timer.async_wait(asio::redirect_error(use_task, cancelled));
        if (abandoned) co_return;
        try {
            if (!running_jobs.empty())
                co_await renew_jobs(db, claim(), {running_jobs.begin(), running_jobs.end()});
            if (!abandoned && !running_schedules.empty())
                co_await renew_schedules(db, claim(),
                                         {running_schedules.begin(), running_schedules.end()});
        } catch (const std::exception& error) {
            log::warn("jobs.renewal_failed", {{"error", error.what()}});
        }
        if (abandoned) co_return;
    }
}

void Runner::Impl::end_leases_when_idle() {
    if (stopping && running_jobs.empty() && running_schedules.empty()) lease_timer.cancel();
}

Task<void> Runner::Impl::save_schedules() {
    if (!schedule_names.empty()) {
        pg::Tx tx = co_await db.begin();
        for (const auto& schedule : registry.schedules())
            save_schedule(tx, schedule, clock.now(), options.zone);
        co_await tx.commit();
    }
    schedules_saved = true;
}

Task<int> Runner::Impl::start_schedules() {
    if (schedule_names.empty()) co_return 0;
    int started = 0;
    for (DueSchedule& due : co_await find_due_schedules(db, clock.now(), schedule_names)) {
        if (stopping || running_schedules.contains(due.name)) continue;
        if (!co_await claim_schedule(db, claim(), due.name)) continue;
        running_schedules.insert(due.name);
        tasks.spawn(due.name, run_schedule(shared_from_this(), due));
        ++started;
    }
    co_return started;
}

Task<int> Runner::Impl::start_jobs() {
    const int free = options.concurrency - static_cast<int>(running_jobs.size());
    more_waits = free <= 0;
    if (job_names.empty() || free <= 0) co_return 0;
    std::vector<TakenJob> taken = co_await take_jobs(db, claim(), job_names, free);
    more_waits = static_cast<int>(taken.size()) == free;
    for (TakenJob& job : taken) {
        running_jobs.insert(job.id);
        const std::string name = job.name;
        tasks.spawn(name, run_job(shared_from_this(), std::move(job)));
    }
    co_return static_cast<int>(taken.size());
}

Task<void> Runner::Impl::run_job(std::shared_ptr<Impl> self, TakenJob job) {
    std::string error;
    const Job view{job.id, job.name, job.payload, job.attempts};
    try {
        co_await self->handler_of(job.name)(view);
    } catch (...) {
        error = failure_text(std::current_exception());
        if (error.empty()) error = "an exception without a text";
    }
    if (abandoned) co_return;
    try {
        co_await settle_job(job, error);
    } catch (const std::exception& failure) {
        // The lease ends, and the job runs once more.
        log::error("jobs.settling_failed", {{"job", job.name}, {"error", failure.what()}});
    }
    running_jobs.erase(job.id);
    if (more_waits) wake();
    end_leases_when_idle();
}

// Empty: it went well.
Task<void> Runner::Impl::settle_job(const TakenJob& job, const std::string& error) {
    const Outcome outcome{job.id, job.attempts, worker, clock.now()};
    if (error.empty()) {
        co_await save_done(db, outcome);
        co_return tell_end(job.name, "done");
    }
    const std::string_view text = std::string_view{error}.substr(0, error_length_max);
    const bool is_last = job.attempts >= job.max_attempts;
    log::warn(is_last ? "jobs.dead" : "jobs.failed", {{"job", job.name},
                                                      {"job_id", job.id.to_string()},
                                                      {"attempts", job.attempts},
                                                      {"error", text}});
    if (is_last) {
        co_await save_dead(db, outcome, text);
    } else {
        co_await save_queued_again(db, outcome, outcome.now + spread_retry_delay(job.attempts),
                                   text);
        tell_end(job.name, "failed");
    }
}

// The last failure of a job is an event, job.dead.
void Runner::Impl::tell_end(std::string_view name, std::string_view result) const {
    db.tell("job.ended", {{"name", name}, {"result", result}});
}

Task<void> Runner::Impl::run_schedule(std::shared_ptr<Impl> self, DueSchedule due) {
    const Registry::Schedule& schedule = self->schedule_of(due.name);
    const UtcTime started_at = clock.now();
    std::string status = "ok";
    try {
        co_await schedule.tick();
    } catch (...) {
        status = failure_text(std::current_exception()).substr(0, error_length_max);
        if (!abandoned)
            log::warn("jobs.schedule_failed", {{"schedule", due.name}, {"error", status}});
    }
    if (abandoned) co_return;
    const UtcTime now = clock.now();
    UtcTime next = next_run(schedule.cadence, due.next_run_at, now, options.zone);
    if (status != "ok") next = std::min(next, now + failed_daily_delay);
    try {
        co_await save_schedule_run(db, {.name = due.name,
                                        .worker = worker,
                                        .started_at = started_at,
                                        .status = status,
                                        .next_run_at = next});
        tell_end(due.name, status == "ok" ? "done" : "failed");
    } catch (const std::exception& failure) {
        log::error("jobs.settling_failed", {{"schedule", due.name}, {"error", failure.what()}});
    }
    running_schedules.erase(due.name);
    end_leases_when_idle();
}

const Handler& Runner::Impl::handler_of(std::string_view name) const {
    const auto found =
        std::ranges::find(registry.handlers(), name, &std::pair<std::string, Handler>::first);
    ASSERT(found != registry.handlers().end());
    return found->second;
}

const Registry::Schedule& Runner::Impl::schedule_of(std::string_view name) const {
    const auto found = std::ranges::find(registry.schedules(), name, &Registry::Schedule::name);
    ASSERT(found != registry.schedules().end());
    return *found;
}

Task<int> Runner::Impl::run_due_once() {
    if (!schedules_saved) co_await save_schedules();
    co_await recover_lost_jobs(db, claim());
    const int started = co_await start_schedules() + co_await start_jobs();
    co_await tasks.wait();
    co_return started;
}

Runner::Runner(asio::io_context& io, pg::Db& db, const Clock& clock, const Registry& registry,
               RunnerOptions options)
    : impl_(std::make_shared<Impl>(io, db, clock, registry, std::move(options))) {
    db.on_announcement(topic, waker());
}

Runner::~Runner() {
    impl_->stopping = true;
    impl_->abandoned = true;
    impl_->pause_timer.cancel();
    impl_->lease_timer.cancel();
}

void Runner::start() {
    impl_->tasks.spawn("jobs.run", impl_->run(impl_));
    impl_->tasks.spawn("jobs.leases", impl_->keep_leases(impl_));
}

Task<void> Runner::stop(Seconds patience) {
    const auto impl = impl_;
    impl->stopping = true;
    impl->wake();
    impl->lease_timer.cancel();
    co_await impl->tasks.wait(patience);
}

void Runner::wake() { impl_->wake(); }

std::function<void()> Runner::waker() const {
    return [weak = std::weak_ptr<Impl>{impl_}, posted = impl_->wake_posted,
            executor = impl_->io.get_executor()] {
        // One wake-up on its way is enough for any number of commits.
        if (posted->exchange(true)) return;
        asio::post(executor, [weak, posted] {
            posted->store(false);
            if (const auto impl = weak.lock()) impl->wake();
        });
    };
}

Task<int> Runner::run_due() {
    const auto impl = impl_;
    int runs = 0;
    while (const int more = co_await impl->run_due_once()) {
        runs += more;
        ASSERT(runs < due_runs_max);
    }
    co_return runs;
}

}  // namespace taama::jobs
