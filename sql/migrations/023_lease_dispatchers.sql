-- How often a job's dispatcher was lost under it: its process or its host died, or was cut off. Such an attempt is not
-- counted, but it does not happen without end either (lose_claim).
alter table report_export_jobs
    add column losses integer not null default 0,
    add constraint job_losses_not_negative check (losses >= 0);

-- The dispatchers and their leases: each moves alive_until on every few seconds (renew_lease). What one holds whose
-- lease is over is run again by others (recover_jobs). No session and no lock stands for its life, so neither a restart
-- of the server nor a session that is left half open says anything about it.
create table penstock_dispatchers (
    worker_id   bigint      not null constraint penstock_dispatchers_pkey primary key,
    -- For operators: the host's name.
    host        text        not null,
    -- The boot and the PID namespace of its kernel, and its process there, by which the dispatchers beside it see that
    -- it has died; null where the kernel does not tell.
    kernel      text,
    process     text,
    -- -infinity when it has ended, or was seen to be dead.
    alive_until timestamptz not null,
    constraint dispatcher_names_length check
        (length(host) <= 255 and length(kernel) <= 255 and length(process) <= 255)
);

-- For how long dispatchers have been able to renew their leases. One row.
create table penstock_reach (
    only_row    boolean     not null default true constraint penstock_reach_pkey primary key,
    -- Of this server, by which it differs from the standby that may take its place.
    started_at  timestamptz not null,
    -- The server has been reached since, without a gap in which a lease could have ended.
    since       timestamptz not null,
    renewed_at  timestamptz not null,
    constraint reach_one_row check (only_row)
);

-- It returns the token of the lost claim as well, by which the attempt's files are named.
drop function if exists recover_jobs();
