-- What an event stream shows of a job, and what a program needs to read it: all but the request, which may have a
-- mebibyte, while thousands of jobs are read for streams that take up where they were.
create view shown_jobs as
    select id, serial, tenant_id, module, catalog, category, format, language, requested_by, state, run_after,
        progress_total, progress_done, file_name, stored_path, file_size_bytes, row_count, sha256, metadata,
        error_code, error_summary, attempt_error_code, attempt_error_summary, requested_at, started_at, completed_at,
        expires_at, change_number, changed_at
    from report_export_jobs;

-- Until when a key is good that was replaced by another: a day in which its holders take the new one.
alter table penstock_api_keys add column expires_at timestamptz;

-- The list of deliveries, newest first.
create index report_webhook_outbox_happened on report_webhook_outbox (happened_at desc, id);

-- The version of jobs that a program must know to make it. Programs of two releases may work side by side; the older
-- one leaves alone what it could not read.
alter table report_export_jobs add column requires integer not null default 1;
