-- Who may call: users for Basic authentication and keys for Api-Key. Tokens (JWT) and gateway identities are not
-- stored.
create table penstock_users (
    name          text        not null constraint penstock_users_pkey primary key,
    -- crypt(3) text, so that entries of an htpasswd file (bcrypt, SHA-crypt) carry over.
    password_hash text        not null,
    tenants       text[]      not null,
    permissions   text[]      not null default '{}',
    superuser     boolean     not null default false,
    disabled      boolean     not null default false,
    created_at    timestamptz not null default clock_timestamp(),
    constraint user_name_length check (length(name) between 1 and 255 and position(':' in name) = 0),
    constraint user_tenants_present check (cardinality(tenants) > 0)
);

create table penstock_api_keys (
    -- The public part of the key, by which it is looked up.
    prefix      text        not null constraint penstock_api_keys_pkey primary key,
    -- SHA-256 of the whole key; the key itself is shown once and never stored.
    key_hash    bytea       not null,
    name        text        not null,
    tenant_id   text        not null,
    permissions text[]      not null default '{}',
    created_at  timestamptz not null default clock_timestamp(),
    revoked_at  timestamptz,
    constraint api_key_hash_length check (length(key_hash) = 32),
    constraint api_key_name_length check (length(name) between 1 and 255)
);
