-- Purpose: take one due pending job for a dispatcher: the oldest of the tenant that has the fewest running, and fewer
--          than tenant_limit. So one tenant's long queue delays the others by no more than the job that is running.
--          Jobs that a later program is required for are left (penstock.job_version). A re-export, and an export of a
--          schedule, whose requester may not export any more fails instead.
-- Returns: the job as claimed, or no row.
-- Locks: claims come one after the other (advisory lock to the end of the transaction, two-key form, so that it is
--        never taken for a dispatcher's sign of life); otherwise two hosts could each see room for the same tenant's
--        last job. It costs nothing: the NOTIFY of each claim takes a lock of its own for the same length. The job's
--        row is taken FOR UPDATE SKIP LOCKED: one that is just being cancelled is passed over.
-- Indexes: report_export_jobs_tenant_claim, from tenant to tenant; report_export_jobs_tenant_running.
-- A claim counts as an attempt at once; the end of an attempt that says nothing of its job takes it back.
create or replace function claim_job(worker bigint, tenant_limit integer)
returns setof report_export_jobs language plpgsql as $$
declare
    due timestamptz;
    known integer := coalesce(nullif(current_setting('penstock.job_version', true), ''), '1')::integer;
    claimed report_export_jobs;
begin
    perform pg_advisory_xact_lock(lock_number('claims'), 1);
    -- Those that fail here are few; the bound keeps one call short.
    for trial in 1..100 loop
        due := clock_timestamp();
        with recursive tenant as (
            (select j.tenant_id as id from report_export_jobs j where j.state = 'pending' order by j.tenant_id limit 1)
            union all
            select (select j.tenant_id from report_export_jobs j
                    where j.state = 'pending' and j.tenant_id > t.id order by j.tenant_id limit 1)
            from tenant t where t.id is not null
        ), candidate as (
            select head.id, running.jobs, head.run_after
            from tenant t
            cross join lateral (
                select count(*) as jobs from report_export_jobs r
                where r.tenant_id = t.id and r.state = 'processing') running
            cross join lateral (
                select j.id, j.run_after from report_export_jobs j
                where j.tenant_id = t.id and j.state = 'pending' and j.run_after <= due and j.requires <= known
                order by j.run_after, j.id limit 1 for update skip locked) head
            where running.jobs < tenant_limit
            order by running.jobs, head.run_after, head.id limit 1
        )
        update report_export_jobs j
        set state = 'processing', epoch = j.epoch + 1, attempts = j.attempts + 1, claim_token = gen_random_uuid(),
            worker_id = worker, started_at = clock_timestamp(), progress_total = null, progress_done = 0
        from candidate where j.id = candidate.id
        returning j.* into claimed;
        if not found then return; end if;
        if num_nulls(claimed.reexport_of, claimed.schedule_id) = 2 or holds_right(
                claimed.requested_with, claimed.requested_by, claimed.tenant_id, 'export:reports') then
            return next claimed;
            return;
        end if;
        perform fail_job(
            claimed.id, claimed.claim_token, 'rights_lost', 'The requester may not export for the tenant any more', null,
            null);
    end loop;
end $$;
