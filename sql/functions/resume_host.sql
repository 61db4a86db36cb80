-- Purpose: a host takes jobs again.
-- Returns: whether it took none before.
-- Locks: the row.
-- Index: penstock_drains_pkey.
create or replace function resume_host(name text) returns boolean language plpgsql as $$
begin
    delete from penstock_drains d where d.host = name;
    return found;
end $$;
