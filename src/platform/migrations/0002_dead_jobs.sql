-- Counted for the metrics; they are few, and kept for as long as nobody looked at them.
create index jobs_dead on platform.jobs (finished_at) where status = 'dead';
