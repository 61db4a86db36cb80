-- Purpose: take a job that has ended away before its time: ready → expired, so that nothing leads to its file, which is
--          deleted later, by the state, as are its kept rows. A file that was lost is not waited for any more.
-- Returns: the job as removed, now or earlier; no row when it is not the tenant's or is still open.
-- Locks: the row; then the tenant's changes.
-- Index: report_export_jobs_pkey, report_lost_files_pkey.
create or replace function remove_job(tenant text, job_id uuid)
returns setof report_export_jobs language plpgsql as $$
declare
    removed report_export_jobs;
begin
    update report_export_jobs j
    set state = case j.state when 'ready' then 'expired' else j.state end,
        expires_at = case j.state when 'ready' then least(j.expires_at, clock_timestamp()) else j.expires_at end,
        rows_expire_at = case
            when j.rows_expire_at > clock_timestamp() then clock_timestamp() else j.rows_expire_at end,
        removed_at = coalesce(j.removed_at, clock_timestamp())
    where j.tenant_id = tenant and j.id = remove_job.job_id and not is_open(j.state)
    returning * into removed;
    if found then
        delete from report_lost_files l where l.job_id = remove_job.job_id;
        return next removed;
    end if;
end $$;
