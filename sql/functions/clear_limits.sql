-- Purpose: a tenant has the limits of the settings again, from the next claim and the next request on. What runs beyond
--          them ends in its own time. It is noted in the audit.
-- Parameters: who, told: the person, and the words of the command, for the audit.
-- Returns: whether there was something to clear.
-- Locks: the tenant's row; its chain of downloads (link_audit), to the end of the transaction.
-- Index: penstock_tenant_limits_pkey.
create or replace function clear_limits(tenant text, who text, told text) returns boolean language plpgsql as $$
begin
    delete from penstock_tenant_limits where tenant_id = tenant;
    if not found then return false; end if;
    perform record_download(tenant, null, who, 'command', 'limits_cleared', 200, null, told, null, null);
    return true;
end $$;
