-- Purpose: end an attempt that may be repeated: processing → pending after delay, or → failed after the last attempt.
-- Returns: the new state, or null when the claim no longer held.
-- Locks: the row.
create or replace function retry_job(job_id uuid, token uuid, delay interval, code text, summary text)
returns text language sql as $$
    update report_export_jobs
    set state = case when attempts < max_attempts then 'pending' else 'failed' end,
        claim_token = null, worker_id = null, progress_done = 0, progress_total = null, parts_total = null, parts_ready = 0,
        run_after = clock_timestamp() + delay,
        started_at = case when attempts < max_attempts then null else started_at end,
        completed_at = case when attempts < max_attempts then null else clock_timestamp() end,
        error_code = case when attempts < max_attempts then null else code end,
        error_summary = case when attempts < max_attempts then null
                             else left(format('%s (attempt %s of %s)', summary, attempts, max_attempts), 1000) end
    where id = job_id and claim_token = token and state = 'processing'
    returning state
$$;
