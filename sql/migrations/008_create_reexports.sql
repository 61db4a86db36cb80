-- A re-export is a job like any other that renders a report again: of which report, how otherwise, and from which rows.
alter table report_export_jobs
    -- The report that the request named; a report may be a re-export itself.
    add column reexport_of          uuid references report_export_jobs (id),
    -- What the request wants different, in canonical form.
    add column reexport_params      json,
    -- Where the days of the report's period begin and end, and the UTC day of the report: both stay when it is shown
    -- otherwise.
    add column reexport_zone        text,
    add column reexport_day         date,
    -- The rows that were kept of the report; null when the request runs again on the data as they are.
    add column reexport_rows_path   text,
    add column reexport_rows_sha256 bytea,
    add constraint job_reexport_whole check
        (num_nulls(reexport_of, reexport_params, reexport_zone, reexport_day) in (0, 4)
         and num_nulls(reexport_rows_path, reexport_rows_sha256) in (0, 2)
         and (reexport_rows_path is null or reexport_of is not null)),
    add constraint job_reexport_sha256_length check (length(reexport_rows_sha256) = 32);

-- Lists: newest first, perhaps of one report.
create index report_export_jobs_reexports on report_export_jobs (tenant_id, id desc) where reexport_of is not null;
create index report_export_jobs_reexports_of on report_export_jobs (reexport_of, id desc) where reexport_of is not null;
-- Rows that a re-export is about to read are not deleted.
create index report_export_jobs_rows_in_use on report_export_jobs (reexport_rows_path)
    where reexport_rows_path is not null and state in ('pending', 'processing');
