-- Purpose: one job of a tenant.
-- Index: report_export_jobs_pkey.
create or replace function get_job(tenant text, job_id uuid)
returns setof report_export_jobs language sql stable as $$
    select * from report_export_jobs where id = job_id and tenant_id = tenant
$$;
