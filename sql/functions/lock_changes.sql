-- Purpose: take the locks under which number_change numbers the changes of several tenants, in one order for all.
-- Parameters: tenants, null or with repetitions as it comes.
-- Locks: the changes of these tenants, to the end of the transaction.
create or replace function lock_changes(tenants text[]) returns void language plpgsql as $$
declare
    tenant integer;
begin
    for tenant in select distinct hashtext(name) from unnest(tenants) name order by 1 loop
        perform pg_advisory_xact_lock(lock_number('changes'), tenant);
    end loop;
end $$;
