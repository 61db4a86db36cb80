-- Purpose: store what a saved request is to be from now on, whole. Whose it is stays.
-- Returns: the row as changed, none when it is not the tenant's.
-- Locks: the row, which the caller has locked already when it read what it changes.
-- Index: report_export_presets_pkey.
create or replace function change_preset(
    tenant text, preset uuid, title text, for_all boolean, of_module text, of_catalog text, wanted json
) returns setof report_export_presets language sql as $$
    update report_export_presets p
    set name = title, shared = for_all, module = of_module, catalog = of_catalog, request = wanted,
        updated_at = clock_timestamp()
    where p.id = preset and p.tenant_id = tenant
    returning p.*
$$;
