-- Purpose: kept rows whose time was over at least grace ago, unless a re-export is still to read them. A re-export is
--          only made of rows whose time is not over, so that none can be made while these are being deleted.
-- Returns: job id and path, at most 500 a call.
-- Indexes: report_export_jobs_rows, report_export_jobs_rows_in_use.
create or replace function deletable_rows(grace interval)
returns table (id uuid, rows_path text) language sql stable as $$
    select j.id, j.rows_path from report_export_jobs j
    where j.rows_path is not null and j.rows_deleted_at is null and j.rows_expire_at <= clock_timestamp() - grace
      and not exists (
        select from report_export_jobs r
        where r.reexport_rows_path = j.rows_path and is_open(r.state))
    order by j.rows_expire_at limit 500
$$;
