-- Purpose: one job of a tenant, by the number that surfaces 3 and 4 call it by.
-- Index: report_export_jobs_serial_key.
create or replace function get_job_by_serial(tenant text, job_serial bigint)
returns setof report_export_jobs language sql stable as $$
    select * from report_export_jobs where serial = job_serial and tenant_id = tenant
$$;
