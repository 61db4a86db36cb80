-- Purpose: which of these jobs' files may be on disk: the sweep keeps a file whose job is processing at its epoch, or
--          whose stored path it is; every other old file is an orphan.
-- Index: report_export_jobs_pkey.
create or replace function stored_files(ids uuid[])
returns table (id uuid, state text, epoch integer, stored_path text, file_deleted_at timestamptz)
language sql stable as $$
    select j.id, j.state, j.epoch, j.stored_path, j.file_deleted_at
    from report_export_jobs j where j.id = any (ids)
$$;
