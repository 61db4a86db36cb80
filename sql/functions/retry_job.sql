-- Purpose: end an attempt that may be repeated: processing → pending after delay, or → failed after the last attempt.
-- Parameters: state_code, detail: the database server's SQLSTATE and message, for operators; null where it said
--             nothing.
-- Returns: the new state, or null when the claim no longer held.
-- Locks: the row; then that of its schedule.
-- Indexes: report_export_jobs_pkey, report_export_schedules_pkey.
create or replace function retry_job(
    job_id uuid, token uuid, delay interval, code text, summary text, state_code text, detail text)
returns text language plpgsql as $$
declare
    job record;
begin
    update report_export_jobs
    set state = case when attempts < max_attempts then 'pending' else 'failed' end,
        claim_token = null, worker_id = null, progress_done = 0, progress_total = null, parts_total = null, parts_ready = 0,
        run_after = clock_timestamp() + delay, waits = 0,
        started_at = case when attempts < max_attempts then null else started_at end,
        completed_at = case when attempts < max_attempts then null else clock_timestamp() end,
        error_code = case when attempts < max_attempts then null else code end,
        error_summary = case when attempts < max_attempts then null
                             else left(format('%s (attempt %s of %s)', summary, attempts, max_attempts), 1000) end,
        attempt_error_code = code, attempt_error_summary = left(summary, 1000), attempt_sqlstate = state_code,
        attempt_error_detail = left(detail, 4000)
    where id = job_id and claim_token = token
    returning state, schedule_id, error_summary into job;
    if job.state = 'failed' then
        perform tell_schedule(job.schedule_id, job_id, code, job.error_summary);
    end if;
    return job.state;
end $$;
