-- Purpose: the job that a request has ended before, for the same request sent again.
-- Returns: no row when another request ended it, or nothing did.
-- Index: report_export_jobs_pkey.
create or replace function ended_by_request(tenant text, job_id uuid, to_state text, gateway_request_id text)
returns setof report_export_jobs language sql stable as $$
    select * from report_export_jobs j
    where j.tenant_id = tenant and j.id = job_id and j.state = to_state and j.ended_by_request = gateway_request_id
$$;
