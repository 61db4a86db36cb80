-- Purpose: take the oldest due pending job whose tenant has fewer than tenant_limit running, for one dispatcher.
-- Returns: the job as claimed, or no row.
-- Locks: FOR UPDATE SKIP LOCKED on the one row: dispatchers on several hosts never wait for each other.
-- Indexes: report_export_jobs_claim; report_export_jobs_tenant_active for the running count.
-- A claim counts as an attempt at once, so that a job that kills its worker cannot be tried for ever.
create or replace function claim_job(worker bigint, tenant_limit integer)
returns setof report_export_jobs language sql as $$
    with candidate as (
        select j.id from report_export_jobs j
        where j.state = 'pending' and j.run_after <= clock_timestamp()
          and (select count(*) from report_export_jobs r
                   where r.tenant_id = j.tenant_id and r.state = 'processing') < tenant_limit
        order by j.run_after, j.id
        limit 1
        for update skip locked
    )
    update report_export_jobs j
    set state = 'processing', epoch = j.epoch + 1, attempts = j.attempts + 1, claim_token = gen_random_uuid(),
        worker_id = worker, started_at = clock_timestamp(), progress_total = null, progress_done = 0
    from candidate where j.id = candidate.id
    returning j.*
$$;
