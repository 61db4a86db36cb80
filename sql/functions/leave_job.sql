-- Purpose: give back a job that this version of the program cannot read, for one that can: processing → pending, the
--          attempt not counted, and not looked at again before delay is over.
-- Returns: whether the claim still held.
-- Locks: the row; then the changes of its tenant.
-- Index: report_export_jobs_pkey.
create or replace function leave_job(job_id uuid, token uuid, delay interval) returns boolean language plpgsql as $$
declare
    held boolean := release_job(job_id, token);
begin
    if held then
        update report_export_jobs set run_after = clock_timestamp() + delay where id = job_id and state = 'pending';
    end if;
    return held;
end $$;
