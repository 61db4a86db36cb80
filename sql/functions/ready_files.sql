-- Purpose: a page of the ready jobs' files, by id, for the sweep that looks for rows without a file.
-- Index: report_export_jobs_pkey.
create or replace function ready_files(after uuid)
returns table (id uuid, stored_path text, file_size_bytes bigint) language sql stable as $$
    select j.id, j.stored_path, j.file_size_bytes from report_export_jobs j
    where j.state = 'ready' and j.id > coalesce(after, '00000000-0000-0000-0000-000000000000')
    order by j.id limit 500
$$;
