-- Purpose: forget messages that have been over for so long, and give up those whose endpoint was removed in the moment
--          in which they were written.
-- Returns: how many were forgotten.
-- Locks: the messages' rows.
-- Indexes: report_webhook_outbox_over, penstock_webhooks_pkey.
create or replace function prune_webhooks(keep interval) returns bigint language sql as $$
    update report_webhook_outbox o set due_at = null, last_error = 'the endpoint was removed'
    where o.due_at < clock_timestamp() - interval '1 hour' and not exists (
        select from penstock_webhooks w where w.tenant_id = o.tenant_id and w.disabled_at is null);
    with gone as (
        delete from report_webhook_outbox where due_at is null and happened_at < clock_timestamp() - keep returning 1)
    select count(*) from gone
$$;
