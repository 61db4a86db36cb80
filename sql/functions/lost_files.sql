-- Purpose: a page of the files that were lost and may come back, by job.
-- Index: report_lost_files_pkey.
create or replace function lost_files(after uuid)
returns table (id uuid, stored_path text, file_size_bytes bigint, sha256 text) language sql stable as $$
    select l.job_id, l.stored_path, l.file_size_bytes, encode(l.sha256, 'hex') from report_lost_files l
    where l.job_id > coalesce(after, '00000000-0000-0000-0000-000000000000') and l.expires_at > clock_timestamp()
    order by l.job_id limit 500
$$;
