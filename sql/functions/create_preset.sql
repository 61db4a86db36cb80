-- Purpose: save one request, once, however often nginx sends it.
-- Returns: outcome 'created'; 'replayed' with the one that the same request has saved; 'caller_full' when the caller
--          has caller_most of them, 'tenant_full' when the tenant has tenant_most.
-- Locks: one of a tenant's at a time, with the lock of create_job, so that the limits hold.
-- Indexes: report_export_presets_request_id, report_export_presets_tenant, report_export_presets_owner.
create or replace function create_preset(
    preset_id uuid, tenant text, title text, for_all boolean, of_module text, of_catalog text, wanted json,
    subject text, gateway_request_id text, caller_most integer, tenant_most integer
) returns table (id uuid, outcome text) language plpgsql as $$
begin
    perform pg_advisory_xact_lock(lock_number('tenant'), hashtext(tenant));
    id := preset_id;
    select p.id, 'replayed' into id, outcome from report_export_presets p
        where p.tenant_id = tenant and p.request_id = gateway_request_id;
    if found then
        return next;
        return;
    end if;
    id := preset_id;
    outcome := case
        when (select count(*) from report_export_presets p
              where p.tenant_id = tenant and p.created_by = subject) >= caller_most then 'caller_full'
        when (select count(*) from report_export_presets p where p.tenant_id = tenant) >= tenant_most
            then 'tenant_full'
        else 'created' end;
    if outcome = 'created' then
        insert into report_export_presets
            (id, tenant_id, name, shared, module, catalog, request, created_by, request_id)
        values (preset_id, tenant, title, for_all, of_module, of_catalog, wanted, subject, gateway_request_id);
    end if;
    return next;
end $$;
