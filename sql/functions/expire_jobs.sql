-- Purpose: ready → expired when the time to keep the file is over. The file is deleted later, by the state.
-- Returns: the ids.
-- Locks: the rows, SKIP LOCKED, at most 500 a call.
-- Index: report_export_jobs_expiry.
create or replace function expire_jobs() returns setof uuid language sql as $$
    update report_export_jobs set state = 'expired'
    where id in (
        select id from report_export_jobs where state = 'ready' and expires_at <= clock_timestamp()
        order by expires_at limit 500 for update skip locked)
    returning id
$$;
