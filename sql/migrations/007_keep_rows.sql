-- The rows of a finished report, kept beside its file so that it can be rendered again as it was: for as long as its
-- catalog said when it was made, which may be longer than the file itself lives.
alter table report_export_jobs
    add column rows_path       text,
    -- Bytes, and the SHA-256 of them.
    add column rows_size       bigint,
    add column rows_sha256     bytea,
    add column rows_expire_at  timestamptz,
    add column rows_deleted_at timestamptz,
    add constraint job_rows_whole check (num_nulls(rows_path, rows_size, rows_sha256, rows_expire_at) in (0, 4)),
    -- A job whose file was lost after it had been ready keeps its rows.
    add constraint job_rows_when_made check (rows_path is null or state in ('ready', 'expired', 'failed')),
    add constraint job_rows_sha256_length check (length(rows_sha256) = 32),
    add constraint job_rows_deleted_when_kept check (rows_deleted_at is null or rows_path is not null);

create index report_export_jobs_rows on report_export_jobs (rows_expire_at)
    where rows_path is not null and rows_deleted_at is null;
