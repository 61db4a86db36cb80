-- Purpose: the running jobs of some tenants, for progress events.
-- Index: report_export_jobs_running.
create or replace function list_running(tenants text[])
returns setof shown_jobs language sql stable as $$
    select * from shown_jobs where tenant_id = any (tenants) and state = 'processing'
$$;
