-- Purpose: pending → cancelled for the tenant's own re-export, and only from pending: once it is processing this is no
--          longer the way.
-- Parameters: gateway_request_id: the same request, sent again, gets the job as it was cancelled.
-- Returns: the job as cancelled, or no row.
-- Locks: the row. Whoever of withdraw_reexport and claim_jobs gets it first wins.
-- Index: report_export_jobs_pkey.
create or replace function withdraw_reexport(tenant text, job_id uuid, gateway_request_id text default null)
returns setof report_export_jobs language plpgsql as $$
begin
    return query update report_export_jobs
        set state = 'cancelled', completed_at = clock_timestamp(), ended_by_request = left(gateway_request_id, 128)
        where tenant_id = tenant and id = job_id and reexport_of is not null and state = 'pending'
        returning *;
    if not found then
        return query select * from ended_by_request(tenant, job_id, 'cancelled', gateway_request_id);
    end if;
end $$;
