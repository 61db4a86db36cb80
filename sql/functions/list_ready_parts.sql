-- Purpose: which parts of some jobs are ready, in the order of their files.
-- Indexes: report_export_parts_number_key, report_export_jobs_pkey.
create or replace function list_ready_parts(jobs uuid[])
returns table (job_id uuid, number integer) language sql stable as $$
    select p.job_id, p.number from visible_parts p
    where p.job_id = any (jobs) and p.state = 'ready'
    order by p.job_id, p.number
$$;
