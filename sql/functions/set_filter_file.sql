-- Purpose: note the list of keys of a job, in the transaction that made it.
-- Locks: the row.
-- Index: report_export_jobs_pkey.
create or replace function set_filter_file(job_id uuid, name text, keys integer, digest bytea)
returns void language sql as $$
    update report_export_jobs set filter_file = name, filter_keys = keys, filter_sha256 = digest where id = job_id
$$;
