-- Purpose: ready → expired when the time to keep the file is over. The file is deleted later, by the state.
-- Returns: the ids.
-- Locks: the rows, SKIP LOCKED, at most 500 a call; then the changes of their tenants.
-- Index: report_export_jobs_expiry.
create or replace function expire_jobs() returns setof uuid language plpgsql as $$
declare
    due uuid[];
    tenants text[];
begin
    select array_agg(j.id), array_agg(j.tenant_id) into due, tenants from (
        select id, tenant_id from report_export_jobs where state = 'ready' and expires_at <= clock_timestamp()
        order by expires_at limit 500 for update skip locked) j;
    perform lock_changes(tenants);
    return query update report_export_jobs set state = 'expired' where id = any (due) returning id;
end $$;
