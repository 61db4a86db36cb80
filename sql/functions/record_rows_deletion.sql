-- Purpose: remember that a job's kept rows are gone: their time was over, or the file was lost.
-- Locks: the row.
-- Index: report_export_jobs_pkey.
create or replace function record_rows_deletion(job_id uuid) returns void language sql as $$
    update report_export_jobs set rows_deleted_at = clock_timestamp()
    where id = job_id and rows_path is not null and rows_deleted_at is null
$$;
