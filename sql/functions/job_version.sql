-- Purpose: which version of a job's row there is: the transaction that wrote it and where it lies. A row of which both
--          are
-- the same is the same row to the last byte; to learn that costs half of reading it.
-- Index: report_export_jobs_pkey.
create or replace function job_version(tenant text, job_id uuid)
returns table (writer xid, place tid) language sql stable as $$
    select xmin, ctid from report_export_jobs where id = job_id and tenant_id = tenant
$$;
