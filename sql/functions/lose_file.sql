-- Purpose: a ready job whose file has gone or changed: ready → failed, so that nobody is offered it again.
-- Returns: whether the job was still ready.
-- Locks: the row.
-- Index: report_export_jobs_pkey.
create or replace function lose_file(job_id uuid, code text, summary text)
returns boolean language plpgsql as $$
begin
    update report_export_jobs
    set state = 'failed', error_code = code, error_summary = left(summary, 1000), completed_at = clock_timestamp(),
        file_name = null, stored_path = null, file_size_bytes = null, row_count = null, sha256 = null,
        metadata = null, expires_at = null
    where id = job_id and state = 'ready';
    return found;
end $$;
