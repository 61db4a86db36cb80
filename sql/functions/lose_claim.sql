-- Purpose: end an attempt whose dispatcher is gone: processing → pending, the attempt not counted, for it was not the
--          job's doing; → failed at the twentieth time, since a job that takes its host down each time must end too.
-- Returns: the new state, or null when the claim no longer held.
-- Locks: the row; then that of its schedule.
-- Indexes: report_export_jobs_pkey, report_export_schedules_pkey.
create or replace function lose_claim(job_id uuid, token uuid) returns text language plpgsql as $$
declare
    most constant integer := 20;
    job record;
begin
    update report_export_jobs
    set state = case when losses + 1 < most then 'pending' else 'failed' end, losses = losses + 1,
        attempts = attempts - 1, claim_token = null, worker_id = null, progress_done = 0, progress_total = null,
        parts_total = null, parts_ready = 0, run_after = clock_timestamp(),
        started_at = case when losses + 1 < most then null else started_at end,
        completed_at = case when losses + 1 < most then null else clock_timestamp() end,
        error_code = case when losses + 1 < most then null else 'worker_lost' end,
        error_summary = case when losses + 1 < most then null else format('The worker was lost %s times', most) end,
        attempt_error_code = 'worker_lost', attempt_error_summary = 'The worker was lost', attempt_sqlstate = null,
        attempt_error_detail = null
    where id = job_id and claim_token = token
    returning state, schedule_id, error_summary into job;
    if job.state = 'failed' then
        perform tell_schedule(job.schedule_id, job_id, 'worker_lost', job.error_summary);
    end if;
    return job.state;
end $$;
