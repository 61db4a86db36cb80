-- Purpose: whether a caller whom Penstock knows may still do something for a tenant. A key whose time is over because
--          another has taken its place holds what that one holds; a revoked one holds nothing.
-- Parameters: kind, how the caller had proved who he is; subject, as his jobs name him.
-- Returns: true too for operators, and for callers of a gateway or an identity provider, whom Penstock cannot look up.
-- Indexes: penstock_users_pkey, penstock_api_keys_pkey.
create or replace function holds_right(kind text, subject text, tenant text, permission text)
returns boolean language sql stable as $$
    select case kind
        when 'basic' then exists (
            select from penstock_users u
            where u.name = subject and not u.disabled
              and (tenant = any (u.tenants) or (u.superuser and '*' = any (u.tenants)))
              and (u.superuser or permission = any (u.permissions)))
        when 'apiKey' then exists (
            with recursive key as (
                select k.prefix, k.tenant_id, k.permissions, k.revoked_at, k.expires_at, k.replaced_by
                from penstock_api_keys k where 'api-key:' || k.prefix = subject and k.prefix = substr(subject, 9)
                union
                select n.prefix, n.tenant_id, n.permissions, n.revoked_at, n.expires_at, n.replaced_by
                from key k join penstock_api_keys n on n.prefix = k.replaced_by where k.revoked_at is null)
            select from key k
            where k.revoked_at is null and (k.expires_at is null or k.expires_at > clock_timestamp())
              and k.tenant_id = tenant and permission = any (k.permissions))
        else true end
$$;
