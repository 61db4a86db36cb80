-- Purpose: a tenant's webhook as its administrators see it: where to, without what follows the host, for an address may
--          hold a secret; and how many messages wait, were delivered or were given up.
-- Returns: no row where there is none.
-- Index: penstock_webhooks_pkey.
create or replace function show_endpoint(tenant text) returns table (
    origin text, changed_at timestamptz, disabled_at timestamptz, waiting bigint, delivered bigint, given_up bigint
) language sql stable as $$
    select regexp_replace(w.url, '^(https?://)(?:[^/?#@]*@)?([^/?#]*).*$', '\1\2'), w.changed_at, w.disabled_at, count(o.due_at),
        count(o.delivered_at), count(o.id) filter (where o.due_at is null and o.delivered_at is null)
    from penstock_webhooks w left join report_webhook_outbox o on o.tenant_id = w.tenant_id
    where w.tenant_id = tenant
    group by w.tenant_id
$$;
