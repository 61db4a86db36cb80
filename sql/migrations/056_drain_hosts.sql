-- The hosts that take no more jobs, by `penstock hosts drain`. A row stays when its host restarts, until `resume`.
create table penstock_drains (
    host     text        not null constraint penstock_drains_pkey primary key,
    since    timestamptz not null default clock_timestamp()
);

-- Both answer more than before. Programs of the release before read what they know by name.
drop function if exists renew_lease(bigint, text, text, text, text, integer);
drop function if exists list_hosts();
