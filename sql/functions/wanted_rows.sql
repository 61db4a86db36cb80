-- Purpose: which of these jobs' kept rows may be on disk, for the sweep from the disk to the table.
-- Index: report_export_jobs_pkey.
create or replace function wanted_rows(ids uuid[]) returns table (rows_path text) language sql stable as $$
    select j.rows_path from report_export_jobs j
    where j.id = any (ids) and j.rows_path is not null and j.rows_deleted_at is null
$$;
