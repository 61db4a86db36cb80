-- Purpose: processing → failed for the tenant's own re-export, because somebody who manages re-exports says so. The
--          dispatcher learns of it from the claim that does not hold any more and ends the child.
-- Parameters: gateway_request_id: the same request, sent again, gets the job as it failed.
-- Returns: the job as failed, or no row when it was not processing.
-- Locks: the row. Whoever of abort_reexport and finish_job gets it first wins.
-- Index: report_export_jobs_pkey.
create or replace function abort_reexport(
    tenant text, job_id uuid, summary text, gateway_request_id text default null)
returns setof report_export_jobs language plpgsql as $$
begin
    return query update report_export_jobs
        set state = 'failed', claim_token = null, worker_id = null, completed_at = clock_timestamp(),
            error_code = 'aborted', error_summary = left(summary, 1000),
            ended_by_request = left(gateway_request_id, 128)
        where tenant_id = tenant and id = job_id and reexport_of is not null and state = 'processing'
        returning *;
    if not found then
        return query select * from ended_by_request(tenant, job_id, 'failed', gateway_request_id);
    end if;
end $$;
