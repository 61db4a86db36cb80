-- Purpose: open → cancelled, for the tenant's own job. The state is committed first; the notification
--          then makes the dispatcher kill the child, whose finish finds no claim any more.
-- Parameters: gateway_request_id: the same request, sent again, gets the job as it was cancelled.
-- Returns: the job as cancelled, or no row when it is not the tenant's or no longer cancellable.
-- Locks: the row. Whoever of cancel_job and finish_job gets it first wins.
-- Index: report_export_jobs_pkey.
create or replace function cancel_job(tenant text, job_id uuid, gateway_request_id text default null)
returns setof report_export_jobs language plpgsql as $$
begin
    return query update report_export_jobs
        set state = 'cancelled', claim_token = null, worker_id = null, completed_at = clock_timestamp(),
            ended_by_request = left(gateway_request_id, 128)
        where tenant_id = tenant and id = job_id and is_open(state)
        returning *;
    if not found then
        return query select * from ended_by_request(tenant, job_id, 'cancelled', gateway_request_id);
    end if;
end $$;
