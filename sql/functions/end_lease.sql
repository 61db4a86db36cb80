-- Purpose: a dispatcher has ended, or is seen to be dead: what it still holds is run again at once.
-- Locks: the row.
-- Index: penstock_dispatchers_pkey.
create or replace function end_lease(worker bigint) returns void language sql as $$
    update penstock_dispatchers set alive_until = '-infinity' where worker_id = worker
$$;
