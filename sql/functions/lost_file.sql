-- Purpose: the names of a failed job's lost file, by which links to it were signed.
-- Index: report_lost_files_pkey.
create or replace function lost_file(job_id uuid)
returns table (file_name text, stored_path text) language sql stable as $$
    select l.file_name, l.stored_path from report_lost_files l where l.job_id = lost_file.job_id
$$;
