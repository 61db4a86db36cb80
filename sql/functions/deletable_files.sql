-- Purpose: files whose jobs expired at least grace ago, so that a link signed just before is dead as well.
-- Returns: job id and stored path, at most 500 a call.
-- Index: report_export_jobs_undeleted.
create or replace function deletable_files(grace interval)
returns table (id uuid, stored_path text) language sql stable as $$
    select j.id, j.stored_path from report_export_jobs j
    where j.state = 'expired' and j.file_deleted_at is null and j.expires_at <= clock_timestamp() - grace
    order by j.expires_at limit 500
$$;
