-- Purpose: end an attempt that cannot succeed by being repeated: processing → failed with the reason.
-- Returns: whether the claim still held.
-- Locks: the row.
create or replace function fail_job(job_id uuid, token uuid, code text, summary text)
returns boolean language plpgsql as $$
begin
    update report_export_jobs
    set state = 'failed', claim_token = null, worker_id = null, completed_at = clock_timestamp(),
        error_code = code, error_summary = left(summary, 1000)
    where id = job_id and claim_token = token and state = 'processing';
    return found;
end $$;
