-- Purpose: a ready job whose file has gone or changed: ready → failed, so that it is not offered again. Its receipt
--          is kept aside for restore_file.
-- Returns: whether the job was still ready.
-- Locks: the row.
-- Index: report_export_jobs_pkey.
create or replace function lose_file(job_id uuid, code text, summary text)
returns boolean language plpgsql as $$
begin
    insert into report_lost_files
        (job_id, file_name, stored_path, file_size_bytes, row_count, sha256, metadata, completed_at, expires_at)
    select j.id, j.file_name, j.stored_path, j.file_size_bytes, j.row_count, j.sha256, j.metadata, j.completed_at,
        j.expires_at
    from report_export_jobs j where j.id = lose_file.job_id and j.state = 'ready' for update;
    if not found then
        return false;
    end if;
    update report_export_jobs
    set state = 'failed', error_code = code, error_summary = left(summary, 1000), completed_at = clock_timestamp(),
        file_name = null, stored_path = null, file_size_bytes = null, row_count = null, sha256 = null,
        metadata = null, expires_at = null
    where id = lose_file.job_id;
    return true;
end $$;
