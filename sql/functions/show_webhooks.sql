-- Purpose: a tenant's endpoint, or all endpoints, and how many messages of each wait, were delivered or were given up.
-- Parameters: only_tenant, null for all.
-- Index: penstock_webhooks_pkey.
create or replace function show_webhooks(only_tenant text) returns table (
    tenant_id text, url text, secret text, previous_secret text, changed_at timestamptz, disabled_at timestamptz,
    waiting bigint, delivered bigint, given_up bigint, last_error text
) language sql stable as $$
    select w.tenant_id, w.url, w.secret,
        case when w.changed_at > clock_timestamp() - interval '1 day' then w.previous_secret end,
        w.changed_at, w.disabled_at, count(o.due_at), count(o.delivered_at),
        count(*) filter (where o.id is not null and o.due_at is null and o.delivered_at is null),
        (select e.last_error from report_webhook_outbox e where e.tenant_id = w.tenant_id and e.last_error is not null
         order by e.happened_at desc limit 1)
    from penstock_webhooks w left join report_webhook_outbox o on o.tenant_id = w.tenant_id
    where only_tenant is null or w.tenant_id = only_tenant
    group by w.tenant_id order by w.tenant_id
$$;
