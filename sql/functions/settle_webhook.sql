-- Purpose: how an attempt ended. Delivered: the message is over and its job is notified. Not: it is tried again after
--          delay, or, without one, given up. Gone (410): the endpoint wants no more, and nothing else that waits for it
--          is sent; when the tenant has another endpoint by now, the message is due there at once.
-- Parameter: attempt, the number that the claim gave; a later one makes this one's report worthless, unless it says
--            that the message has arrived.
-- Locks: the message's row, the job's row, the endpoint's row.
-- Indexes: report_webhook_outbox_pkey, report_export_jobs_pkey, penstock_webhooks_pkey.
create or replace function settle_webhook(
    message uuid, attempt integer, delivered boolean, status integer, failure text, delay interval, gone boolean,
    to_url text
) returns void language plpgsql as $$
declare
    settled record;
begin
    update report_webhook_outbox o
    set delivered_at = case when delivered then clock_timestamp() end,
        due_at = case
            when delivered then null
            when gone and exists (
                select from penstock_webhooks w
                where w.tenant_id = o.tenant_id and w.url <> to_url and w.disabled_at is null) then clock_timestamp()
            else clock_timestamp() + delay end,
        last_status = status, last_error = left(failure, 500)
    where id = message and delivered_at is null and (attempts = attempt or delivered)
    returning job_id, tenant_id into settled;
    if not found then return; end if;
    if delivered then
        update report_export_jobs set notified_at = clock_timestamp()
        where id = settled.job_id and notify and notified_at is null;
    elsif gone then
        update penstock_webhooks set disabled_at = clock_timestamp()
        where tenant_id = settled.tenant_id and url = to_url and disabled_at is null;
        if found then
            update report_webhook_outbox set due_at = null, last_error = coalesce(last_error, 'the endpoint is gone')
            where tenant_id = settled.tenant_id and due_at is not null;
        end if;
    end if;
end $$;
