-- Purpose: a job's parts in the order of the file, as they are seen from outside (the view visible_parts); none when it
--          was made in one piece, or waits to run (again).
-- Indexes: report_export_parts_number_key, report_export_jobs_pkey.
create or replace function list_parts(job uuid)
returns setof visible_parts language sql stable as $$
    select * from visible_parts where job_id = job order by number
$$;
