-- Purpose: remember that an expired job's file is gone.
-- Locks: the row.
-- Index: report_export_jobs_pkey.
create or replace function record_deletion(job_id uuid) returns void language sql as $$
    update report_export_jobs set file_deleted_at = clock_timestamp()
    where id = job_id and state = 'expired' and file_deleted_at is null
$$;
