-- Purpose: a page of the kept rows whose time was over at least grace ago, unless a re-export is still to read them. A
--          re-export is only made of rows whose time is not over, so that none can be made while these are deleted.
-- Parameters: after_time, after_id, the end and the id of the last rows of the page before; null for the first page.
-- Returns: job id, path and end of the rows' time, at most 500 a call.
-- Indexes: report_export_jobs_rows, report_export_jobs_rows_in_use.
create or replace function deletable_rows(
    grace interval, after_time timestamptz default null, after_id uuid default null)
returns table (id uuid, rows_path text, rows_expire_at timestamptz) language sql stable as $$
    select j.id, j.rows_path, j.rows_expire_at from report_export_jobs j
    where j.rows_path is not null and j.rows_deleted_at is null and j.rows_expire_at <= clock_timestamp() - grace
      and (j.rows_expire_at, j.id)
        > (coalesce(after_time, '-infinity'), coalesce(after_id, '00000000-0000-0000-0000-000000000000'))
      and not exists (
        select from report_export_jobs r
        where r.reexport_rows_path = j.rows_path and is_open(r.state))
    order by j.rows_expire_at, j.id limit 500
$$;
