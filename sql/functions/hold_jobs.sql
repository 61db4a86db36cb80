-- Purpose: jobs that are due wait, because no host has room for their files, and say why. resume_jobs ends it earlier.
-- Parameters: pause, after which they are due again; code and summary, the reason.
-- Returns: how many jobs they are, at most 500 a call.
-- Locks: the rows, SKIP LOCKED: one that is just being cancelled or claimed is passed over; then the changes of their
--        tenants.
-- Index: report_export_jobs_tenant_claim.
create or replace function hold_jobs(pause interval, code text, summary text) returns bigint language plpgsql as $$
declare
    due uuid[];
    tenants text[];
begin
    select array_agg(j.id), array_agg(j.tenant_id) into due, tenants from (
        select id, tenant_id from report_export_jobs where state = 'pending' and run_after <= clock_timestamp()
        order by run_after, id limit 500 for update skip locked) j;
    perform lock_changes(tenants);
    update report_export_jobs
    set run_after = clock_timestamp() + pause, waits = greatest(waits, 1), attempt_error_code = code,
        attempt_error_summary = left(summary, 1000), attempt_sqlstate = null, attempt_error_detail = null
    where id = any (due);
    return coalesce(cardinality(due), 0);
end $$;
