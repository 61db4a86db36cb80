-- Purpose: the other dispatchers of a kernel whose leases have not been ended: one that sees that a neighbour's process
--          is gone ends its lease.
-- Index: none; the table has a row a dispatcher.
create or replace function list_neighbours(worker bigint, same_kernel text)
returns table (worker_id bigint, process text) language sql stable as $$
    select d.worker_id, d.process from penstock_dispatchers d
    where d.kernel = same_kernel and d.worker_id <> worker and d.alive_until > '-infinity'
$$;
