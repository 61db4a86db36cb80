-- When somebody removed an export before its time was over. Its row stays, with its receipt and its audit.
alter table report_export_jobs add column removed_at timestamptz;

-- Event streams tell it, as they tell changes of states.
create or replace view shown_jobs as
    select id, serial, tenant_id, module, catalog, category, format, language, requested_by, state, run_after,
        progress_total, progress_done, file_name, stored_path, file_size_bytes, row_count, sha256, metadata,
        error_code, error_summary, attempt_error_code, attempt_error_summary, requested_at, started_at, completed_at,
        expires_at, change_number, changed_at, case when access is not null then '{}'::jsonb end as access, removed_at
    from report_export_jobs;

create or replace trigger report_export_jobs_number_state before update of state, removed_at on report_export_jobs
    for each row when (old.state is distinct from new.state or old.removed_at is distinct from new.removed_at)
    execute function number_change();
