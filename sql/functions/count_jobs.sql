-- Purpose: how many jobs list_jobs finds without its page.
-- Index: report_export_jobs_tenant.
create or replace function count_jobs(tenant text, only_module text, only_catalog text, only_state text)
returns bigint language sql stable as $$
    select count(*) from report_export_jobs
    where tenant_id = tenant
      and (only_module is null or module = only_module)
      and (only_catalog is null or catalog = only_catalog)
      and (only_state is null or state = only_state)
$$;
