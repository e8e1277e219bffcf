-- When a schedule last ran well: whoever watches learns of one that fails, and of one that never runs.
alter table platform.schedules add column last_success_at timestamptz;
update platform.schedules set last_success_at = last_run_at where last_status = 'ok';
