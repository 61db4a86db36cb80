-- Purpose: publish a whole file: processing → ready with its receipt, in one compare-and-set.
-- Returns: true when the claim still held; false when the job was cancelled or claimed again meanwhile, and the
--          caller's file must not stay.
-- Locks: the row.
-- Index: report_export_jobs_pkey.
create or replace function finish_job(
    job_id uuid, token uuid, name text, path text, size bigint, rows bigint, digest bytea, receipt json,
    keep interval
) returns boolean language plpgsql as $$
begin
    update report_export_jobs
    set state = 'ready', claim_token = null, worker_id = null, completed_at = clock_timestamp(),
        file_name = name, stored_path = path, file_size_bytes = size, row_count = rows, sha256 = digest,
        metadata = receipt, expires_at = clock_timestamp() + keep, progress_total = rows, progress_done = rows
    where id = job_id and claim_token = token;
    return found;
end $$;
