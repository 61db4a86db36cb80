-- Purpose: which of these jobs' files may be on disk: the sweep keeps a file whose job is processing at its epoch,
--          whose stored path it is, or that was lost and has come back; every other old file is an orphan.
-- Index: report_export_jobs_pkey, report_lost_files_pkey.
create or replace function stored_files(ids uuid[])
returns table (
    id uuid, state text, epoch integer, stored_path text, file_deleted_at timestamptz, lost_path text)
language sql stable as $$
    select j.id, j.state, j.epoch, j.stored_path, j.file_deleted_at, l.stored_path
    from report_export_jobs j
        left join report_lost_files l on l.job_id = j.id and l.expires_at > clock_timestamp()
    where j.id = any (ids)
$$;
