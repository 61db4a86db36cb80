-- Purpose: where a tenant is told, from now on. With a new secret the one before signs beside it for a day; an endpoint
--          that was disabled is enabled again.
-- Parameter: new_secret, null to keep the one that is there.
-- Returns: the endpoint as stored.
-- Locks: the row.
-- Index: penstock_webhooks_pkey.
create or replace function set_webhook(tenant text, to_url text, new_secret text, fresh_secret text)
returns setof penstock_webhooks language sql as $$
    insert into penstock_webhooks as w (tenant_id, url, secret) values (tenant, to_url, coalesce(new_secret, fresh_secret))
    on conflict (tenant_id) do update set
        url = excluded.url, disabled_at = null,
        previous_secret = case when new_secret <> w.secret then w.secret else w.previous_secret end,
        changed_at = case when new_secret <> w.secret then clock_timestamp() else w.changed_at end,
        secret = coalesce(new_secret, w.secret)
    returning *
$$;
