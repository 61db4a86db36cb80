-- Purpose: the newest download attempts, of all tenants or one, of all jobs or one.
-- Indexes: report_download_audit_tenant, report_download_audit_job, report_download_audit_pkey.
create or replace function list_downloads(tenant text, job uuid, at_most integer)
returns setof report_download_audit language sql stable as $$
    select * from report_download_audit
    where (tenant is null or tenant_id = tenant) and (job is null or job_id = job)
    order by id desc limit at_most
$$;
