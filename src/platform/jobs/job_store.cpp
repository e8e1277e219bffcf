#include "platform/jobs/job_store.hpp"

#include "platform/events/events.hpp"

namespace taama::jobs {

namespace {

struct DeadJob {
    JobId id;
    std::string name;
    std::string last_error;
};
BOOST_DESCRIBE_STRUCT(DeadJob, (), (id, name, last_error))

PG_STATEMENT constexpr pg::Sql insert_job_sql{"platform.insert_job", R"sql(
    insert into platform.jobs (id, name, payload, max_attempts, run_at, dedupe_key, created_at)
    values ($1, $2, $3, $4, $5, $6, $7)
        on conflict (name, dedupe_key) where status in ('queued', 'running') do nothing)sql"};

PG_STATEMENT constexpr pg::Sql take_jobs_sql{"platform.take_jobs", R"sql(
    with due as (
        select id
          from platform.jobs
         where status = 'queued' and run_at <= $1 and name = any($4::text[])
         order by run_at
         limit $5
           for update skip locked)
    update platform.jobs j
       set status = 'running', attempts = j.attempts + 1, started_at = $1, lease_until = $2,
           worker = $3
      from due
     where j.id = due.id
    returning j.id, j.name, j.payload, j.attempts, j.max_attempts, j.run_at)sql"};

PG_STATEMENT constexpr pg::Sql renew_jobs_sql{"platform.renew_jobs", R"sql(
    update platform.jobs
       set lease_until = $3
     where id = any($1::uuid[]) and worker = $2 and status = 'running')sql"};

PG_STATEMENT constexpr pg::Sql save_done_sql{"platform.save_job_done", R"sql(
    update platform.jobs
       set status = 'done', finished_at = $4, lease_until = null, last_error = null
     where id = $1 and attempts = $2 and worker = $3 and status = 'running')sql"};

PG_STATEMENT constexpr pg::Sql save_queued_again_sql{"platform.save_job_queued_again", R"sql(
    update platform.jobs
       set status = 'queued', run_at = $4, lease_until = null, last_error = $5
     where id = $1 and attempts = $2 and worker = $3 and status = 'running')sql"};

PG_STATEMENT constexpr pg::Sql save_dead_sql{"platform.save_job_dead", R"sql(
    update platform.jobs
       set status = 'dead', finished_at = $4, lease_until = null, last_error = $5
     where id = $1 and attempts = $2 and worker = $3 and status = 'running'
    returning id, name, last_error)sql"};

// A lease that ends later than any could was taken before the clock was set back. The caller's own
// jobs run in this very process.
PG_STATEMENT constexpr pg::Sql find_lost_jobs_sql{"platform.find_lost_jobs", R"sql(
    select 1
      from platform.jobs
     where status = 'running' and (lease_until <= $1 or lease_until > $2) and worker <> $3
     limit 1)sql"};

PG_STATEMENT constexpr pg::Sql requeue_lost_jobs_sql{"platform.requeue_lost_jobs", R"sql(
    update platform.jobs
       set status = 'queued', run_at = $1, lease_until = null, last_error = 'the worker vanished'
     where status = 'running' and (lease_until <= $1 or lease_until > $2) and worker <> $3
       and attempts < max_attempts)sql"};

PG_STATEMENT constexpr pg::Sql bury_lost_jobs_sql{"platform.bury_lost_jobs", R"sql(
    update platform.jobs
       set status = 'dead', finished_at = $1, lease_until = null,
           last_error = 'the worker vanished'
     where status = 'running' and (lease_until <= $1 or lease_until > $2) and worker <> $3
       and attempts >= max_attempts
    returning id, name, last_error)sql"};

PG_STATEMENT constexpr pg::Sql delete_finished_jobs_sql{"platform.delete_finished_jobs", R"sql(
    delete from platform.jobs
     where ctid = any (array(select ctid
                               from platform.jobs
                              where status in ('done', 'cancelled') and finished_at < $1
                              order by finished_at limit 5000)))sql"};

PG_STATEMENT constexpr pg::Sql delete_seen_webhooks_sql{"platform.delete_seen_webhooks", R"sql(
    delete from platform.webhooks_seen
     where ctid = any (array(select ctid from platform.webhooks_seen where received_at < $1
                              order by received_at limit 5000)))sql"};

void emit_dead(pg::Tx& tx, const std::vector<DeadJob>& jobs, UtcTime now) {
    for (const DeadJob& job : jobs)
        events::emit(
            tx, "job.dead",
            {{"job_id", job.id.to_string()}, {"name", job.name}, {"error", job.last_error}}, now);
}

}  // namespace

void enqueue(pg::Tx& tx, std::string_view name, boost::json::value payload, UtcTime now,
             When when) {
    const UtcTime run_at = when.run_at.value_or(now);
    const auto dedupe_key =
        when.dedupe_key.empty() ? std::nullopt : std::optional{std::move(when.dedupe_key)};
    tx.enqueue(insert_job_sql, JobId::make(), name, payload, when.max_attempts, run_at, dedupe_key,
               now);
    if (run_at <= now) tx.announce(topic);
}

Task<std::vector<TakenJob>> take_jobs(pg::Db& db, const Claim& claim,
                                      const std::vector<std::string>& names, int limit) {
    co_return (co_await db.query(take_jobs_sql, claim.now, claim.now + claim.lease, claim.worker,
                                 names, limit))
        .all<TakenJob>();
}

Task<void> renew_jobs(pg::Db& db, const Claim& claim, const std::vector<JobId>& jobs) {
    co_await db.query(renew_jobs_sql, jobs, claim.worker, claim.now + claim.lease);
}

Task<void> save_done(pg::Db& db, const Outcome& outcome) {
    co_await db.query(save_done_sql, outcome.job, outcome.attempt, outcome.worker, outcome.now);
}

Task<void> save_queued_again(pg::Db& db, const Outcome& outcome, UtcTime run_at,
                             std::string_view error) {
    co_await db.query(save_queued_again_sql, outcome.job, outcome.attempt, outcome.worker, run_at,
                      error);
}

Task<void> save_dead(pg::Db& db, const Outcome& outcome, std::string_view error) {
    pg::Tx tx = co_await db.begin();
    const pg::Rows rows = co_await tx.query(save_dead_sql, outcome.job, outcome.attempt,
                                            outcome.worker, outcome.now, error);
    emit_dead(tx, rows.all<DeadJob>(), outcome.now);
    co_await tx.commit();
}

Task<void> recover_lost_jobs(pg::Db& db, const Claim& claim) {
    const UtcTime no_lease_after = claim.now + claim.lease;
    const pg::Rows lost =
        co_await db.query(find_lost_jobs_sql, claim.now, no_lease_after, claim.worker);
    if (lost.empty()) co_return;
    pg::Tx tx = co_await db.begin();
    tx.enqueue(requeue_lost_jobs_sql, claim.now, no_lease_after, claim.worker);
    const pg::Rows dead =
        co_await tx.query(bury_lost_jobs_sql, claim.now, no_lease_after, claim.worker);
    emit_dead(tx, dead.all<DeadJob>(), claim.now);
    co_await tx.commit();
}

Task<std::int64_t> delete_finished_jobs(pg::Db& db, UtcTime before) {
    co_return (co_await db.query_slow(delete_finished_jobs_sql, before)).affected();
}

Task<std::int64_t> delete_seen_webhooks(pg::Db& db, UtcTime before) {
    co_return (co_await db.query_slow(delete_seen_webhooks_sql, before)).affected();
}

}  // namespace taama::jobs
