-- Purpose: remember what a new job would be a repetition of; in the transaction that created it.
-- Locks: the row.
-- Index: report_export_jobs_pkey.
create or replace function mark_request(job_id uuid, hash bytea) returns void language sql as $$
    update report_export_jobs set dedupe_hash = hash where id = job_id
$$;
