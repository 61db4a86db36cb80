-- Purpose: the workers of all dispatchers that live and may take jobs: how many exports run at the same time at most.
-- Returns: 0 where only programs of a release before are at work, which do not tell.
-- Indexes: penstock_dispatchers_pkey, penstock_drains_pkey.
create or replace function fleet_workers() returns bigint language sql stable as $$
    select coalesce(sum(d.workers), 0) from penstock_dispatchers d
    where d.alive_until > clock_timestamp() and not exists (select from penstock_drains n where n.host = d.host)
$$;
