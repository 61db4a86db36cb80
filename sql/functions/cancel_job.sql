-- Purpose: open → cancelled, for the tenant's own job. The state is committed first; the notification
--          then makes the dispatcher kill the child, whose finish finds no claim any more.
-- Returns: the job as cancelled, or no row when it is not the tenant's or no longer cancellable.
-- Locks: the row. Whoever of cancel_job and finish_job gets it first wins.
-- Index: report_export_jobs_pkey.
create or replace function cancel_job(tenant text, job_id uuid)
returns setof report_export_jobs language sql as $$
    update report_export_jobs
    set state = 'cancelled', claim_token = null, worker_id = null, completed_at = clock_timestamp()
    where tenant_id = tenant and id = job_id and is_open(state)
    returning *
$$;
