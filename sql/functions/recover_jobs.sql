-- Purpose: run again what dead dispatchers held. A dispatcher is alive while a session holds the advisory lock of its
--          worker id; how long a job has been running says nothing about that.
-- Returns: the jobs that were taken back, with the epoch and the token of the claim that was lost: no row names the
--          files of its attempt.
-- Locks: the rows, SKIP LOCKED, so that two hosts recover different ones.
-- Index: report_export_jobs_running.
create or replace function recover_jobs() returns table (id uuid, lost_epoch integer, lost_token uuid)
language sql as $$
    with lost as (
        select j.id from report_export_jobs j
        where j.state = 'processing' and not exists (
            select from pg_locks l
            where l.locktype = 'advisory' and l.granted and l.objsubid = 1
              and l.database = (select oid from pg_database where datname = current_database())
              and l.classid = ((j.worker_id >> 32) & 4294967295)::oid
              and l.objid = (j.worker_id & 4294967295)::oid)
        for update skip locked
    )
    select j.id, j.epoch, j.claim_token from report_export_jobs j join lost using (id),
        lateral retry_job(j.id, j.claim_token, interval '0', 'worker_lost', 'The worker was lost', null, null)
            as new_state
    where new_state is not null
$$;
