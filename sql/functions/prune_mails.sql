-- Purpose: forget messages that have been over for so long, and give up those that nobody has tried for three days,
--          since no service sends e-mail any more.
-- Returns: how many were forgotten.
-- Locks: the messages' rows.
-- Indexes: report_mail_outbox_due, report_mail_outbox_over.
create or replace function prune_mails(keep interval) returns bigint language sql as $$
    update report_mail_outbox o set due_at = null, last_error = 'nobody has sent it for three days'
    where o.due_at < clock_timestamp() - interval '3 days';
    with gone as (
        delete from report_mail_outbox where due_at is null and happened_at < clock_timestamp() - keep returning 1)
    select count(*) from gone
$$;
