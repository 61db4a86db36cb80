-- Purpose: run again what dispatchers held that are gone: whose lease has been ended, or is over (reach_since tells
--          when that counts). How long a job has been running says nothing about that.
-- A dispatcher of the release before has no lease: it is alive while a session holds the advisory lock of its number.
-- Returns: the jobs that were taken back, with the epoch and the token of the claim that was lost: no row names the
--          files of its attempt.
-- Locks: the rows, SKIP LOCKED, so that two hosts recover different ones; then the changes of their tenants.
-- Indexes: report_export_jobs_running, penstock_dispatchers_pkey.
create or replace function recover_jobs() returns table (id uuid, lost_epoch integer, lost_token uuid)
language plpgsql as $$
declare
    -- null when no lease is renewed, since only dispatchers of the release before are running
    may_judge boolean := clock_timestamp() > reach_since() + lease_length();
    lost uuid[];
    tenants text[];
begin
    select array_agg(l.id), array_agg(l.tenant_id) into lost, tenants from (
        select j.id, j.tenant_id from report_export_jobs j
            left join penstock_dispatchers d on d.worker_id = j.worker_id
        where j.state = 'processing' and case
            when d.worker_id is null then coalesce(may_judge, true) and not exists (
                select from pg_locks l
                where l.locktype = 'advisory' and l.granted and l.objsubid = 1
                  and l.database = (select oid from pg_database where datname = current_database())
                  and l.classid = ((j.worker_id >> 32) & 4294967295)::oid
                  and l.objid = (j.worker_id & 4294967295)::oid)
            when d.alive_until = '-infinity' then true
            -- One that is further away than a lease dates from before the clock was set back.
            else coalesce(may_judge, false) and d.alive_until not between clock_timestamp() and clock_timestamp() + lease_length()
            end
        for update of j skip locked) l;
    perform lock_changes(tenants);
    return query
        select j.id, j.epoch, j.claim_token from report_export_jobs j,
            lateral lose_claim(j.id, j.claim_token) as new_state
        where j.id = any (lost) and new_state is not null;
end $$;
