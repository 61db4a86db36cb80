-- Purpose: a job that failed because its file was lost, and whose file is back: failed → ready, with the receipt
--          that it had.
-- Returns: whether it was one.
-- Locks: both rows.
-- Index: report_export_jobs_pkey, report_lost_files_pkey.
create or replace function restore_file(job_id uuid)
returns boolean language plpgsql as $$
declare
    receipt report_lost_files;
begin
    delete from report_lost_files l
    where l.job_id = restore_file.job_id and l.expires_at > clock_timestamp()
    returning * into receipt;
    if not found then
        return false;
    end if;
    update report_export_jobs
    set state = 'ready', error_code = null, error_summary = null, completed_at = receipt.completed_at,
        file_name = receipt.file_name, stored_path = receipt.stored_path, file_size_bytes = receipt.file_size_bytes,
        row_count = receipt.row_count, sha256 = receipt.sha256, metadata = receipt.metadata,
        expires_at = receipt.expires_at
    where id = restore_file.job_id and state = 'failed';
    return found;
end $$;
