-- Purpose: remember the rows that were kept of a job, in the transaction that has just made it ready.
-- Parameters: made, the stored path of the file that the job was finished with.
-- Locks: the row, which that transaction holds already.
-- Index: report_export_jobs_pkey.
create or replace function keep_rows(
    job_id uuid, made text, path text, size bigint, digest bytea, keep interval
) returns void language sql as $$
    update report_export_jobs
    set rows_path = path, rows_size = size, rows_sha256 = digest, rows_expire_at = completed_at + keep
    where id = job_id and state = 'ready' and stored_path = made
$$;
