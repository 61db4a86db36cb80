-- Purpose: a page of a tenant's jobs, newest first; a filter that is null is not applied.
-- Index: report_export_jobs_tenant.
create or replace function list_jobs(
    tenant text, only_module text, only_catalog text, only_state text, page_limit integer, page_offset bigint)
returns setof report_export_jobs language sql stable as $$
    select j.* from (
        select id from report_export_jobs
        where tenant_id = tenant
          and (only_module is null or module = only_module)
          and (only_catalog is null or catalog = only_catalog)
          and (only_state is null or state = only_state)
        order by id desc
        limit page_limit offset page_offset) page
    join report_export_jobs j on j.id = page.id
    order by j.id desc
$$;
