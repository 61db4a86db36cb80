-- Purpose: the tenants that have exports pending or running, or raised limits, those with most to do first.
-- Returns: the limits that hold now; null where they are those of the settings.
-- Indexes: none: a row a tenant.
create or replace function list_tenants(at_most integer)
returns table (
    tenant_id text, pending integer, running integer, may_run integer, may_queue integer, until timestamptz, set_by text)
language sql stable as $$
    select coalesce(t.tenant_id, l.tenant_id), coalesce(t.pending, 0), coalesce(t.running, 0), l.running, l.queued,
        l.until, l.set_by
    from (select * from report_export_tenants where open > 0) t
    full join (select * from penstock_tenant_limits where until > clock_timestamp()) l on l.tenant_id = t.tenant_id
    order by coalesce(t.pending, 0) + coalesce(t.running, 0) desc, 1
    limit at_most
$$;
