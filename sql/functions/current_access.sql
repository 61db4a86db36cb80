-- Purpose: what a caller may see of the catalogs now. Of a user and a key Penstock knows it; a key whose time is over
--          because another has taken its place sees what that one sees. Of a caller of a gateway or an identity
--          provider the last word is the one that is kept.
-- Parameters: kind, how the caller had proved who he is; subject, as his jobs name him; kept, what is stored.
-- Returns: null for a user or key that is not there any more.
-- Indexes: penstock_users_pkey, penstock_api_keys_pkey.
create or replace function current_access(kind text, subject text, tenant text, kept jsonb)
returns jsonb language sql stable as $$
    select case kind
        when 'basic' then (
            select case when u.superuser then jsonb_build_object('superuser', true)
                else jsonb_build_object(
                    'permissions', to_jsonb(u.permissions),
                    'claims', u.claims || jsonb_build_object('sub', jsonb_build_array(u.name))) end
            from penstock_users u where u.name = subject and not u.disabled)
        when 'apiKey' then (
            with recursive key as (
                select k.prefix, k.tenant_id, k.permissions, k.claims, k.revoked_at, k.expires_at, k.replaced_by
                from penstock_api_keys k where 'api-key:' || k.prefix = subject and k.prefix = substr(subject, 9)
                union
                select n.prefix, n.tenant_id, n.permissions, n.claims, n.revoked_at, n.expires_at, n.replaced_by
                from key k join penstock_api_keys n on n.prefix = k.replaced_by where k.revoked_at is null)
            select jsonb_build_object(
                'permissions', to_jsonb(k.permissions),
                'claims', k.claims || jsonb_build_object('sub', jsonb_build_array(subject)))
            from key k
            where k.revoked_at is null and (k.expires_at is null or k.expires_at > clock_timestamp())
              and k.tenant_id = tenant
            order by k.expires_at desc nulls first limit 1)
        else kept end
$$;
