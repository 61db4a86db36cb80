-- Purpose: how an attempt ended. Delivered: the message is over, and the audit says that the server has taken it.
--          Not: it is tried again after delay, or, without one, given up.
-- Parameter: attempt, the number that the claim gave; a later one makes this one's report worthless, unless it says
--            that the message was taken.
-- Locks: the message's row; the tenant's chain of downloads (link_audit), to the end of the transaction.
-- Index: report_mail_outbox_pkey.
create or replace function settle_mail(
    message uuid, attempt integer, delivered boolean, status integer, failure text, delay interval
) returns void language plpgsql as $$
declare
    mail record;
begin
    update report_mail_outbox o
    set delivered_at = case when delivered then clock_timestamp() end,
        due_at = case when not delivered then clock_timestamp() + delay end,
        last_status = status, last_error = left(failure, 500)
    where o.id = message and o.delivered_at is null and (o.attempts = attempt or delivered)
    returning o.tenant_id, o.job_id, o.recipient, o.content into mail;
    if found and delivered and mail.content <> 'notice' then
        perform record_download(
            mail.tenant_id, mail.job_id, mail.recipient, 'mail', 'delivered', status, null, null, null,
            'mail:' || message);
    end if;
end $$;
