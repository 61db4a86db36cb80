-- Purpose: let a tenant have more exports at once for a time, in place of what was said before, and note it in the
--          audit.
-- Parameters: to_running, to_queued, null where the setting is to hold; length, from now by the database's clock; who,
--             told: the person, and the words of the command, for the audit.
-- Returns: until when it holds.
-- Locks: the tenant's row; its chain of downloads (link_audit), to the end of the transaction.
-- Index: penstock_tenant_limits_pkey.
create or replace function raise_limits(
    tenant text, to_running integer, to_queued integer, length interval, who text, told text)
returns timestamptz language plpgsql as $$
declare
    ends timestamptz := clock_timestamp() + length;
begin
    insert into penstock_tenant_limits (tenant_id, running, queued, until, set_by)
    values (tenant, to_running, to_queued, ends, who)
    on conflict (tenant_id) do update
    set running = excluded.running, queued = excluded.queued, until = excluded.until, set_at = excluded.set_at,
        set_by = excluded.set_by;
    perform record_download(tenant, null, who, 'command', 'limits_raised', 200, null, told, null, null);
    return ends;
end $$;
