-- Purpose: end an attempt that cannot succeed by being repeated: processing → failed with the reason.
-- Parameters: state_code, detail: the database server's SQLSTATE and message, for operators; null where it said
--             nothing.
-- Returns: whether the claim still held.
-- Locks: the row; then that of its schedule.
-- Indexes: report_export_jobs_pkey, report_export_schedules_pkey.
create or replace function fail_job(
    job_id uuid, token uuid, code text, summary text, state_code text, detail text)
returns boolean language plpgsql as $$
declare
    schedule uuid;
begin
    update report_export_jobs
    set state = 'failed', claim_token = null, worker_id = null, completed_at = clock_timestamp(),
        error_code = code, error_summary = left(summary, 1000),
        attempt_error_code = code, attempt_error_summary = left(summary, 1000), attempt_sqlstate = state_code,
        attempt_error_detail = left(detail, 4000)
    where id = job_id and claim_token = token
    returning schedule_id into schedule;
    if not found then
        return false;
    end if;
    perform tell_schedule(schedule, job_id, code, summary);
    return true;
end $$;
