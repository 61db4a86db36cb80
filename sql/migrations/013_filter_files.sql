-- The list of keys that was uploaded with an export: what the client called it, how many keys it has, and the SHA-256
-- of the file, by which the request names it. The list itself lies in the storage, under the job's id.
alter table report_export_jobs
    add column filter_file   text,
    add column filter_keys   integer,
    add column filter_sha256 bytea,
    add constraint job_filter_whole check (num_nulls(filter_file, filter_keys, filter_sha256) in (0, 3)),
    add constraint job_filter_file_length check (length(filter_file) between 1 and 255),
    add constraint job_filter_keys_positive check (filter_keys > 0),
    add constraint job_filter_sha256_length check (length(filter_sha256) = 32);

-- A later request may name a list that is still kept.
create index report_export_jobs_filter on report_export_jobs (tenant_id, filter_sha256)
    where filter_sha256 is not null and state in ('pending', 'processing', 'ready');
