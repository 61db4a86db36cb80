-- Purpose: remember that whoever wanted to be told of a re-export has been told by other means than a webhook of ours.
-- Returns: the job, or no row when nobody wanted to be told or it is not over.
-- Locks: the row.
-- Index: report_export_jobs_pkey.
create or replace function mark_notified(tenant text, job_id uuid)
returns setof report_export_jobs language sql as $$
    update report_export_jobs set notified_at = coalesce(notified_at, clock_timestamp())
    where tenant_id = tenant and id = job_id and reexport_of is not null and notify and not is_open(state)
    returning *
$$;
