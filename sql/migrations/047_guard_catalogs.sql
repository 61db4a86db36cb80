-- What the requester of a job, and the owner of a schedule, may see of the catalogs: permissions, and the claims by
-- which catalogs choose rows. Null for a job of a catalog that everybody sees alike, where an operator asked, and where
-- an earlier release did: that one is nobody with a right.
alter table report_export_jobs add column access jsonb;
alter table report_export_schedules add column access jsonb;

-- The claims of users and keys: {"driver_id": ["12"]}.
alter table penstock_users add column claims jsonb not null default '{}';
alter table penstock_api_keys add column claims jsonb not null default '{}';

-- Event streams look whether a job's catalog is the same for everybody.
create or replace view shown_jobs as
    select id, serial, tenant_id, module, catalog, category, format, language, requested_by, state, run_after,
        progress_total, progress_done, file_name, stored_path, file_size_bytes, row_count, sha256, metadata,
        error_code, error_summary, attempt_error_code, attempt_error_summary, requested_at, started_at, completed_at,
        expires_at, change_number, changed_at, case when access is not null then '{}'::jsonb end as access
    from report_export_jobs;

-- They have a parameter more, which calls of the last release leave out.
drop function if exists create_job(
    uuid, text, text, text, text, text, text, text, jsonb, bytea, text, text, integer, integer, bigint, boolean, text,
    text, uuid, timestamptz, text, integer, bytea, bytea, interval, uuid, json, text, date, text, bytea, bigint, text);
drop function if exists create_schedule(
    uuid, text, text, boolean, text, text, json, text, text, integer, integer, integer, integer, text, text, text,
    timestamptz, integer, text);
drop function if exists change_schedule(
    text, uuid, text, boolean, text, text, json, text, integer, integer, integer, integer, text, timestamptz, text,
    text);
drop function if exists fire_schedule(
    uuid, timestamptz, timestamptz, interval, uuid, text, text, jsonb, bytea, integer, integer, bigint);
