-- Purpose: what became of messages, newest first.
-- Parameters: only_tenant, null for all; only_failed, those that have not arrived and had an attempt.
-- Index: report_webhook_outbox_happened, backwards.
create or replace function list_deliveries(only_tenant text, only_failed boolean, page integer)
returns table (
    id uuid, job_id uuid, tenant_id text, event text, happened_at timestamptz, attempts integer, due_at timestamptz,
    delivered_at timestamptz, last_status integer, last_error text
) language sql stable as $$
    select o.id, o.job_id, o.tenant_id, o.event, o.happened_at, o.attempts, o.due_at, o.delivered_at, o.last_status,
        o.last_error
    from report_webhook_outbox o
    where (only_tenant is null or o.tenant_id = only_tenant)
      and (not only_failed or (o.delivered_at is null and (o.attempts > 0 or o.due_at is null)))
    order by o.happened_at desc, o.id limit page
$$;
