-- Purpose: when the sender of webhooks has something to do next.
-- Returns: in how many milliseconds a message is due whose tenant has an endpoint; null when there is none, at most 0
--          when one is due already.
-- Index: report_webhook_outbox_due.
create or replace function next_webhook() returns bigint language sql volatile as $$
    select (extract(epoch from min(head.due_at) - clock_timestamp()) * 1000)::bigint
    from penstock_webhooks w cross join lateral (
        select min(o.due_at) as due_at from report_webhook_outbox o
        where o.tenant_id = w.tenant_id and o.due_at is not null) head
    where w.disabled_at is null
$$;
