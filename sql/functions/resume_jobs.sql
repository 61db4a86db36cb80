-- Purpose: jobs that wait for the source, or for room, need not wait any longer: it has answered, or there is some.
-- Returns: how many jobs they are.
-- Locks: the rows, SKIP LOCKED: one that is just being cancelled or claimed is passed over; then the changes of their
--        tenants.
-- Index: report_export_jobs_waiting.
create or replace function resume_jobs() returns bigint language plpgsql as $$
declare
    waiting uuid[];
    tenants text[];
begin
    select array_agg(j.id), array_agg(j.tenant_id) into waiting, tenants from (
        select id, tenant_id from report_export_jobs
        where state = 'pending' and waits > 0 and run_after > clock_timestamp()
        for update skip locked) j;
    perform lock_changes(tenants);
    update report_export_jobs set run_after = clock_timestamp() where id = any (waiting);
    return coalesce(cardinality(waiting), 0);
end $$;
