-- Purpose: which storage folder belongs to this database, and whether any file of it is still wanted, which only hosts
--          of the last release ask.
-- Returns: one row; id is null when none was bound.
-- Indexes: report_export_jobs_expiry, report_export_jobs_undeleted and report_export_jobs_rows.
create or replace function bound_storage() returns table (id uuid, in_use boolean) language sql stable as $$
    select (select s.id from penstock_storage s),
        exists (select from report_export_jobs where state = 'ready')
        or exists (select from report_export_jobs where state = 'expired' and file_deleted_at is null)
        or exists (select from report_export_jobs where rows_path is not null and rows_deleted_at is null)
$$;
