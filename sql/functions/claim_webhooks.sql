-- Purpose: take messages that are due: for each tenant at most per_tenant, so that one with a long queue or a slow
--          endpoint does not keep the others waiting.
--          A message about an export whose requester may not export any more is given up instead.
-- Parameters: busy, tenants of which the caller has enough under way; lease, after which an attempt counts as lost.
-- Returns: the messages with their endpoint, and where the job's request stood in its caller's trace.
-- Locks: the rows, SKIP LOCKED. An attempt counts at once, and its number is what settle_webhook must present.
-- Indexes: report_webhook_outbox_due, report_export_jobs_pkey, penstock_users_pkey, penstock_api_keys_pkey.
create or replace function claim_webhooks(at_most integer, per_tenant integer, busy text[], lease interval)
returns table (
    id uuid, job_id uuid, tenant_id text, event text, happened_at timestamptz, payload text, attempts integer, url text,
    secret text, previous_secret text, traceparent text
) language sql as $$
    with recursive tenant as (
        (select o.tenant_id as id from report_webhook_outbox o where o.due_at is not null order by o.tenant_id limit 1)
        union all
        select (select o.tenant_id from report_webhook_outbox o
                where o.due_at is not null and o.tenant_id > t.id order by o.tenant_id limit 1)
        from tenant t where t.id is not null
    ), due as (
        select head.id, w.url, w.secret,
            case when w.changed_at > clock_timestamp() - interval '1 day' then w.previous_secret end as previous_secret,
            coalesce((
                select holds_right(j.requested_with, j.requested_by, j.tenant_id, 'export:reports')
                from report_export_jobs j where j.id = head.job_id), true) as may_be_told,
            (select j.traceparent from report_export_jobs j where j.id = head.job_id) as traceparent
        from tenant t
        join penstock_webhooks w on w.tenant_id = t.id and w.disabled_at is null
        cross join lateral (
            select o.id, o.job_id, o.due_at from report_webhook_outbox o
            where o.tenant_id = t.id and o.due_at <= clock_timestamp()
            order by o.due_at limit per_tenant for update skip locked) head
        where t.id <> all (busy)
        order by head.due_at limit at_most
    ), claimed as (
        update report_webhook_outbox o
        set attempts = o.attempts + case when due.may_be_told then 1 else 0 end,
            due_at = case when due.may_be_told then clock_timestamp() + lease end,
            last_error = case when due.may_be_told then o.last_error
                else 'the requester may not export for the tenant any more' end
        from due where o.id = due.id
        returning o.id, o.job_id, o.tenant_id, o.event, o.happened_at, o.payload, o.attempts, due.url, due.secret,
            due.previous_secret, due.may_be_told, due.traceparent
    )
    select c.id, c.job_id, c.tenant_id, c.event, c.happened_at, c.payload, c.attempts, c.url, c.secret,
        c.previous_secret, c.traceparent
    from claimed c where c.may_be_told
$$;
