-- Purpose: the parts of jobs, as they are seen from outside: a part that was not ready when its job ended is what its job
--          is, and a part has a file only while its job is processing.
-- list_parts: a job's, in the order of the file; none when it was made in one piece, or waits to run (again).
-- find_part: the tenant's part of a serial.
-- Indexes: report_export_parts_number_key, report_export_parts_pkey, report_export_jobs_pkey.
create or replace view visible_parts as
    select p.serial, p.job_id, p.epoch, p.number,
        case when j.state = 'processing' or p.state = 'ready' then p.state else j.state end as state,
        p.first_key, p.end_key, p.first_row, p.row_count,
        case when j.state = 'processing' then p.stored_path end as stored_path, p.file_size_bytes, p.sha256,
        p.created_at, p.started_at, p.completed_at, j.tenant_id
    from report_export_parts p join report_export_jobs j on j.id = p.job_id and j.epoch = p.epoch
    where j.state <> 'pending';

create or replace function list_parts(job uuid)
returns setof visible_parts language sql stable as $$
    select * from visible_parts where job_id = job order by number
$$;

create or replace function find_part(tenant text, part_serial bigint)
returns setof visible_parts language sql stable as $$
    select * from visible_parts where serial = part_serial and tenant_id = tenant
$$;
