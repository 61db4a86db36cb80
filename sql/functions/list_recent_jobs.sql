-- Purpose: the newest jobs of a tenant, or of one requester of it, newest first.
-- Parameters: requester, null for all.
-- Indexes: report_export_jobs_created; report_export_jobs_requester when there is one.
create or replace function list_recent_jobs(tenant text, requester text, page_limit integer)
returns setof report_export_jobs language sql stable as $$
    select * from report_export_jobs
    where tenant_id = tenant and (requester is null or requested_by = requester)
    order by requested_at desc, serial desc
    limit page_limit
$$;
