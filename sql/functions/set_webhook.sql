-- Purpose: where a tenant is told, from now on. With a new secret the one before signs beside it for a day; an endpoint that
--          was disabled is enabled again.
-- Parameter: new_secret, null to keep the one that is there.
-- Returns: the endpoint as stored.
-- Locks: the row.
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

-- remove_webhook: tell the tenant no more; what waits is given up.
-- Returns: whether there was an endpoint.
create or replace function remove_webhook(tenant text) returns boolean language plpgsql as $$
begin
    delete from penstock_webhooks where tenant_id = tenant;
    if not found then return false; end if;
    update report_webhook_outbox set due_at = null, last_error = 'the endpoint was removed'
    where tenant_id = tenant and due_at is not null;
    return true;
end $$;

-- show_webhook: a tenant's endpoint, or all of them, and what is in the outbox for each.
create or replace function show_webhooks(only_tenant text) returns table (
    tenant_id text, url text, secret text, changed_at timestamptz, disabled_at timestamptz, waiting bigint,
    delivered bigint, given_up bigint, last_error text
) language sql stable as $$
    select w.tenant_id, w.url, w.secret, w.changed_at, w.disabled_at, count(o.due_at), count(o.delivered_at),
        count(*) filter (where o.id is not null and o.due_at is null and o.delivered_at is null),
        (select e.last_error from report_webhook_outbox e where e.tenant_id = w.tenant_id and e.last_error is not null
         order by e.happened_at desc limit 1)
    from penstock_webhooks w left join report_webhook_outbox o on o.tenant_id = w.tenant_id
    where only_tenant is null or w.tenant_id = only_tenant
    group by w.tenant_id order by w.tenant_id
$$;
