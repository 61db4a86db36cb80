-- Purpose: make a re-export of a job that has just been created, in the same transaction.
-- Parameters: report, the job that the request names; rows_path, the kept rows to render, null to read the data again.
-- Returns: whether that was done: both jobs are the tenant's, and the rows, where some are named, are kept for a while
--          yet.
-- Locks: the new row, which nobody else sees yet.
-- Index: report_export_jobs_pkey.
create or replace function make_reexport(
    tenant text, job_id uuid, report uuid, params json, zone text, day date, path text, digest bytea
) returns boolean language plpgsql as $$
begin
    if path is not null and not exists (
            select from report_export_jobs j
            where j.tenant_id = tenant and j.rows_path = path and j.rows_deleted_at is null
              and j.rows_expire_at > clock_timestamp()
              and j.id = substring(path from '([0-9a-f-]{36})\.[0-9]+\.rows\.gz$')::uuid) then
        return false;
    end if;
    update report_export_jobs
    set reexport_of = report, reexport_params = params, reexport_zone = zone, reexport_day = day,
        reexport_rows_path = path, reexport_rows_sha256 = digest
    where id = job_id and tenant_id = tenant and state = 'pending'
      and exists (select from report_export_jobs r where r.id = report and r.tenant_id = tenant);
    return found;
end $$;
