-- Purpose: the running jobs of some tenants, for progress events.
-- Index: report_export_jobs_tenant_active.
create or replace function running_jobs(tenants text[])
returns setof report_export_jobs language sql stable as $$
    select * from report_export_jobs where tenant_id = any (tenants) and state = 'processing'
$$;
