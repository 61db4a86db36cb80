-- Purpose: send a message once more, under the same id and with the same body, whatever became of it.
-- Returns: 'queued'; 'no_endpoint' when its tenant has none that takes messages; 'unknown' when there is no such
--          message.
-- Locks: the message's row. A report of an attempt that is under way does not count any more.
-- Indexes: report_webhook_outbox_pkey, penstock_webhooks_pkey.
create or replace function resend_webhook(message uuid) returns text language plpgsql as $$
declare
    tenant text;
begin
    select tenant_id into tenant from report_webhook_outbox where id = message for update;
    if not found then return 'unknown'; end if;
    perform from penstock_webhooks where tenant_id = tenant and disabled_at is null;
    if not found then return 'no_endpoint'; end if;
    update report_webhook_outbox set due_at = clock_timestamp(), delivered_at = null, attempts = 0 where id = message;
    perform pg_notify('penstock_webhooks', '');
    return 'queued';
end $$;
