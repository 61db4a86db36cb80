-- Purpose: where an event stream begins that asks for nothing older.
-- Index: report_export_jobs_changes.
create or replace function latest_change(tenant text) returns bigint language sql stable as $$
    select coalesce(max(change_number), 0) from report_export_jobs where tenant_id = tenant
$$;
