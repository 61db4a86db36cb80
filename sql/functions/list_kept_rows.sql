-- Purpose: a page of the jobs whose rows are kept, by id, for the sweep that looks for rows without a file.
-- Index: report_export_jobs_pkey.
create or replace function list_kept_rows(after uuid)
returns table (id uuid, rows_path text, rows_size bigint) language sql stable as $$
    select j.id, j.rows_path, j.rows_size from report_export_jobs j
    where j.rows_path is not null and j.rows_deleted_at is null
      and j.id > coalesce(after, '00000000-0000-0000-0000-000000000000')
    order by j.id limit 500
$$;
