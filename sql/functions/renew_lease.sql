-- Purpose: a dispatcher is alive: its lease begins anew. It calls this every 3 s, and first of all on a new connection.
-- Parameters: host, for operators; kernel and process, by which its neighbours see that it has died, null where they
--             are not known; version and workers, for operators, which programs of the release before do not tell.
-- Returns: is_draining: whether its host is told to take no more jobs (drain_host); fleet: the workers of all
--          dispatchers that live and may take jobs, this one's among them.
-- Also notes since when the server could be reached (reach_since). The first renewal of a dispatcher removes the rows
-- of those that have been gone for an hour and hold nothing.
-- Locks: the two rows.
-- Indexes: penstock_dispatchers_pkey, penstock_drains_pkey, penstock_reach_pkey, report_export_jobs_running.
create or replace function renew_lease(
    worker bigint, host text, kernel text, process text, version text default null, workers integer default null)
returns table (is_draining boolean, fleet bigint) language plpgsql as $$
declare
    now timestamptz := clock_timestamp();
    unbroken timestamptz := coalesce(reach_since(), now);
begin
    update penstock_dispatchers d set alive_until = now + lease_length() where d.worker_id = worker;
    if not found then
        delete from penstock_dispatchers d
        where d.alive_until < now - interval '1 hour' and not exists (
            select from report_export_jobs j where j.worker_id = d.worker_id and j.state = 'processing');
        insert into penstock_dispatchers (worker_id, host, kernel, process, alive_until, version, workers)
        values (worker, host, kernel, process, now + lease_length(), version, workers)
        on conflict (worker_id) do update set alive_until = excluded.alive_until;
    end if;
    insert into penstock_reach (started_at, since, renewed_at) values (pg_postmaster_start_time(), unbroken, now)
    on conflict (only_row) do update
    set started_at = excluded.started_at, since = excluded.since, renewed_at = excluded.renewed_at;
    return query
    select exists (select from penstock_drains n where n.host = renew_lease.host), fleet_workers();
end $$;
