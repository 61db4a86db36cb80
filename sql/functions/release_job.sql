-- Purpose: give a job back unharmed because the service stops: processing → pending, the attempt not counted.
-- Returns: whether the claim still held.
-- Locks: the row.
-- Index: report_export_jobs_pkey.
create or replace function release_job(job_id uuid, token uuid)
returns boolean language plpgsql as $$
begin
    update report_export_jobs
    set state = 'pending', claim_token = null, worker_id = null, attempts = attempts - 1, started_at = null,
        progress_done = 0, progress_total = null, parts_total = null, parts_ready = 0,
        run_after = clock_timestamp()
    where id = job_id and claim_token = token;
    return found;
end $$;
