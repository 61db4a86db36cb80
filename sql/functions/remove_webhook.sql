-- Purpose: tell a tenant no more; messages that wait are given up.
-- Returns: whether there was an endpoint.
-- Locks: the endpoint's row, then those of the messages.
-- Indexes: penstock_webhooks_pkey, report_webhook_outbox_due.
create or replace function remove_webhook(tenant text) returns boolean language plpgsql as $$
begin
    delete from penstock_webhooks where tenant_id = tenant;
    if not found then return false; end if;
    update report_webhook_outbox set due_at = null, last_error = 'the endpoint was removed'
    where tenant_id = tenant and due_at is not null;
    return true;
end $$;
