-- Purpose: how many schedules list_schedules finds without its page.
-- Index: report_export_schedules_tenant.
create or replace function count_schedules(tenant text, only_module text, only_catalog text)
returns bigint language sql stable as $$
    select count(*) from report_export_schedules
    where tenant_id = tenant
      and (only_module is null or module = only_module)
      and (only_catalog is null or catalog = only_catalog)
$$;
