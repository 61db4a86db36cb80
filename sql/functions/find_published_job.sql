-- Purpose: the job behind a signed link. The link names the job alone; the tenant in its signature is the row's.
-- Index: report_export_jobs_pkey.
create or replace function find_published_job(job_id uuid)
returns setof report_export_jobs language sql stable as $$
    select * from report_export_jobs where id = job_id
$$;
