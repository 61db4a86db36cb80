-- Limits of one tenant that are higher than those of the settings for a time. A row whose time is over counts for
-- nothing, by the database's clock, and stays until it is cleared or set again.
create table penstock_tenant_limits (
    tenant_id text        not null constraint penstock_tenant_limits_pkey primary key,
    -- Exports that run at the same time, and those that are pending or running; null where it is the setting's.
    running   integer,
    queued    integer,
    until     timestamptz not null,
    set_at    timestamptz not null default clock_timestamp(),
    set_by    text        not null,
    constraint tenant_limits_length check (length(tenant_id) between 1 and 255 and length(set_by) between 1 and 255),
    constraint tenant_limits_positive check (least(running, queued) > 0 and num_nonnulls(running, queued) > 0)
);
