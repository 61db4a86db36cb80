-- Purpose: a page of the files whose jobs expired at least grace ago, so that a link signed just before is dead as
--          well.
-- Parameters: after_time, after_id, the expiry and the id of the last file of the page before; null for the first page.
-- Returns: job id, stored path and expiry, at most 500 a call.
-- Index: report_export_jobs_undeleted.
create or replace function deletable_files(
    grace interval, after_time timestamptz default null, after_id uuid default null)
returns table (id uuid, stored_path text, expires_at timestamptz) language sql stable as $$
    select j.id, j.stored_path, j.expires_at from report_export_jobs j
    where j.state = 'expired' and j.file_deleted_at is null and j.expires_at <= clock_timestamp() - grace
      and (j.expires_at, j.id)
        > (coalesce(after_time, '-infinity'), coalesce(after_id, '00000000-0000-0000-0000-000000000000'))
    order by j.expires_at, j.id limit 500
$$;
