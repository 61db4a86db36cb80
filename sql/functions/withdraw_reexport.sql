-- Purpose: pending → cancelled for the tenant's own re-export, and only from pending: once it is processing this is no
--          longer the way.
-- Returns: the job as cancelled, or no row.
-- Locks: the row. Whoever of withdraw_reexport and claim_job gets it first wins.
-- Index: report_export_jobs_pkey.
create or replace function withdraw_reexport(tenant text, job_id uuid)
returns setof report_export_jobs language sql as $$
    update report_export_jobs
    set state = 'cancelled', completed_at = clock_timestamp()
    where tenant_id = tenant and id = job_id and reexport_of is not null and state = 'pending'
    returning *
$$;
