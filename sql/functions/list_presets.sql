-- Purpose: a page of the saved requests that a caller of the tenant sees, newest first; a filter that is null is not
--          applied.
-- Index: report_export_presets_tenant.
create or replace function list_presets(
    tenant text, subject text, only_module text, only_catalog text, page_limit integer, page_offset bigint
) returns setof report_export_presets language sql stable as $$
    select * from report_export_presets p
    where p.tenant_id = tenant and (p.shared or p.created_by = subject)
      and (only_module is null or p.module = only_module)
      and (only_catalog is null or p.catalog = only_catalog)
    order by p.id desc
    limit page_limit offset page_offset
$$;
