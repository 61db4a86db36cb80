-- Purpose: how many jobs list_jobs finds without its page, at most at_most; all of them when that is null.
-- Index: report_export_jobs_tenant.
create or replace function count_jobs(
    tenant text, only_module text, only_catalog text, only_state text, at_most bigint default null)
returns bigint language sql stable as $$
    select count(*) from (
        select from report_export_jobs
        where tenant_id = tenant
          and (only_module is null or module = only_module)
          and (only_catalog is null or catalog = only_catalog)
          and (only_state is null or state = only_state)
        limit at_most) counted
$$;
