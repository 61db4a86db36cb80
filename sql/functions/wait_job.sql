-- Purpose: end an attempt that says nothing of its job, because the source was away or interrupted it: processing →
--          pending after delay, the attempt not counted.
-- Parameters: interrupted, whether the attempt had begun to read; otherwise the source was out of reach. state_code,
--             detail: the database server's SQLSTATE and message, for operators; null where it said nothing.
-- Returns: whether the claim still held.
-- Locks: the row.
-- Index: report_export_jobs_pkey.
create or replace function wait_job(
    job_id uuid, token uuid, delay interval, interrupted boolean, code text, summary text, state_code text, detail text)
returns boolean language plpgsql as $$
begin
    update report_export_jobs
    set state = 'pending', claim_token = null, worker_id = null, attempts = attempts - 1, started_at = null,
        progress_done = 0, progress_total = null, parts_total = null, parts_ready = 0,
        run_after = clock_timestamp() + delay,
        waits = case when interrupted then 0 else waits + 1 end,
        interruptions = interruptions + case when interrupted then 1 else 0 end,
        attempt_error_code = code, attempt_error_summary = left(summary, 1000), attempt_sqlstate = state_code,
        attempt_error_detail = left(detail, 4000)
    where id = job_id and claim_token = token;
    return found;
end $$;
