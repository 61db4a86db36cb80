-- Purpose: give a change of a job's state its number, the id of its event. A tenant's changes become visible in the
--          order of their numbers, so that a reader who has seen one has seen all before it: one change of a tenant's
--          at a time draws its number, and the next one when it is committed.
-- Locks: the tenant's changes, to the end of the transaction. A function that changes jobs of several tenants, or
--        several of one, locks the rows first and then calls lock_changes, so that two of them never wait for each
--        other.
create or replace function number_change() returns trigger language plpgsql as $$
begin
    perform pg_advisory_xact_lock(lock_number('changes'), hashtext(new.tenant_id));
    new.change_number := nextval('report_export_changes');
    new.changed_at := clock_timestamp();
    return new;
end $$;
