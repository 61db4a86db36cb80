-- Purpose: since when dispatchers could renew their leases without a gap in which one could have ended: this server was
--          there, it was heard of in each 8 s, and its clock has not jumped. A lease that is over means that its holder
--          is gone only when a whole lease has passed since then: after a restart, a failover or a time in which the
--          server hung, all have time to come back.
-- Returns: null when no lease is being renewed.
-- Index: penstock_reach_pkey.
create or replace function reach_since() returns timestamptz language sql as $$
    select r.since from penstock_reach r
    where r.started_at = pg_postmaster_start_time()
      and clock_timestamp() - r.renewed_at between interval '-8 s' and interval '8 s'
$$;
