-- What the lists of surfaces 2 to 4 read, each in the order in which it is shown: newest first. requested_at, serial
-- and requested_by never change, so that a progress update stays HOT.
create index report_export_jobs_created on report_export_jobs (tenant_id, requested_at desc, serial desc);
create index report_export_jobs_requester on report_export_jobs (tenant_id, requested_by, requested_at desc, serial desc);
create index report_export_jobs_ready on report_export_jobs (tenant_id, requested_at desc, serial desc)
    where state = 'ready';

-- What surface 3 holds against a new request: the SHA-256 of the request, its language and its data's watermark. Null
-- for jobs that came another way.
alter table report_export_jobs add column dedupe_hash bytea,
    add constraint job_dedupe_hash_length check (length(dedupe_hash) = 32);
create index report_export_jobs_dedupe on report_export_jobs (tenant_id, requested_by, dedupe_hash, requested_at desc)
    where dedupe_hash is not null;
