-- Purpose: send a message once more, under the same Message-ID, whatever became of it, one that was skipped too.
-- Returns: whether there is such a message.
-- Locks: the message's row. A report of an attempt that is under way does not count any more.
-- Index: report_mail_outbox_pkey.
create or replace function resend_mail(message uuid) returns boolean language plpgsql as $$
begin
    update report_mail_outbox
    set due_at = clock_timestamp(), delivered_at = null, skipped = false, attempts = 0 where id = message;
    if not found then return false; end if;
    perform pg_notify('penstock_webhooks', '');
    return true;
end $$;
