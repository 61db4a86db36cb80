-- The receipts of reports whose file the sweep did not find, until the time to keep them is over. A file that comes
-- back (a disk that was away, a folder restored from a backup) makes its report ready again as it was.
create table report_lost_files (
    job_id uuid primary key references report_export_jobs on delete cascade,
    file_name text not null,
    stored_path text not null,
    file_size_bytes bigint not null,
    row_count bigint not null,
    sha256 bytea not null,
    metadata json not null,
    completed_at timestamptz not null,
    expires_at timestamptz not null,
    lost_at timestamptz not null default clock_timestamp()
);

-- It returns one column more.
drop function if exists stored_files(uuid[]);
