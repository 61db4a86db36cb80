-- Purpose: a page of a tenant's schedules, newest first; a filter that is null is not applied.
-- Index: report_export_schedules_tenant.
create or replace function list_schedules(
    tenant text, only_module text, only_catalog text, page_limit integer, page_offset bigint)
returns setof report_export_schedules language sql stable as $$
    select * from report_export_schedules
    where tenant_id = tenant
      and (only_module is null or module = only_module)
      and (only_catalog is null or catalog = only_catalog)
    order by id desc
    limit page_limit offset page_offset
$$;
