-- Purpose: one job of a tenant as event streams show it.
-- Index: report_export_jobs_pkey.
create or replace function show_job(tenant text, job_id uuid)
returns setof shown_jobs language sql stable as $$
    select * from shown_jobs where id = job_id and tenant_id = tenant
$$;
