-- Purpose: how many saved requests list_presets finds without its page.
-- Index: report_export_presets_tenant.
create or replace function count_presets(tenant text, subject text, only_module text, only_catalog text)
returns bigint language sql stable as $$
    select count(*) from report_export_presets p
    where p.tenant_id = tenant and (p.shared or p.created_by = subject)
      and (only_module is null or p.module = only_module)
      and (only_catalog is null or p.catalog = only_catalog)
$$;
