-- What a state of a job is, in one place: everything else that depends on what several states have in common is derived
-- from this table, and none of it lists states. docs/job-states.md says who decides each transition.
--
-- is_open           the job is not over: it waits or runs, counts among the tenant's queued jobs, and can be cancelled
-- holds_file        there is a whole receipt, and a file until it is deleted
-- may_hold_rows     rows of the report may be kept beside its file
-- holds_filter      the uploaded list of keys is kept, and a later request may name it
--
-- A new state is a migration that replaces this function and then calls apply_job_states, and a case of
-- Sources/Jobs/JobState.swift.
create or replace function job_states()
returns table (state text, is_open boolean, holds_file boolean, may_hold_rows boolean, holds_filter boolean)
language sql immutable as $$
    values
        ('pending',    true,  false, false, true),
        ('processing', true,  false, false, true),
        ('ready',      false, true,  true,  true),
        ('failed',     false, false, true,  false),
        ('cancelled',  false, false, false, false),
        ('expired',    false, true,  true,  false)
$$;

-- Purpose: derive from job_states what depends on it: the CHECKs of the job table, the indexes over several states, and
--          is_open and holds_filter, by which functions ask. All of it is written out as lists of states, so that a
--          CHECK costs no call (four calls made an update 12 % dearer), a query for one state finds the indexes, and a
--          restored dump needs no function before its rows.
-- Locks: the job table, against everything, while its rows are checked and three partial indexes are built.
create or replace function apply_job_states() returns void language plpgsql as $$
declare
    known text; open text; file text; rows text; filter text;
begin
    -- As the right side of IN, in the order of the table above.
    select string_agg(quote_literal(state), ', ' order by place),
        string_agg(quote_literal(state), ', ' order by place) filter (where is_open),
        string_agg(quote_literal(state), ', ' order by place) filter (where holds_file),
        string_agg(quote_literal(state), ', ' order by place) filter (where may_hold_rows),
        string_agg(quote_literal(state), ', ' order by place) filter (where holds_filter)
    into known, open, file, rows, filter
    from job_states() with ordinality as s (state, is_open, holds_file, may_hold_rows, holds_filter, place);

    execute format($sql$
        alter table report_export_jobs
            drop constraint job_state_known,
            add constraint job_state_known check (state in (%1$s)),
            drop constraint job_completed_when_final,
            add constraint job_completed_when_final check ((state in (%2$s)) = (completed_at is null)),
            -- A job with a file has its whole receipt; a job that never became ready has none.
            drop constraint job_receipt_when_ready,
            add constraint job_receipt_when_ready check (
                case when state in (%3$s)
                    then num_nulls(file_name, stored_path, file_size_bytes, row_count, sha256, metadata, expires_at) = 0
                    else num_nonnulls(file_name, stored_path, file_size_bytes, row_count, sha256, metadata) = 0 end),
            drop constraint job_rows_when_made,
            add constraint job_rows_when_made check (rows_path is null or state in (%4$s));

        drop index report_export_jobs_tenant_active;
        create index report_export_jobs_tenant_active on report_export_jobs (tenant_id) where state in (%2$s);
        drop index report_export_jobs_rows_in_use;
        create index report_export_jobs_rows_in_use on report_export_jobs (reexport_rows_path)
            where reexport_rows_path is not null and state in (%2$s);
        drop index report_export_jobs_filter;
        create index report_export_jobs_filter on report_export_jobs (tenant_id, filter_sha256)
            where filter_sha256 is not null and state in (%5$s);

        create or replace function is_open(state text) returns boolean language sql immutable parallel safe
            return state in (%2$s);
        create or replace function holds_filter(state text) returns boolean language sql immutable parallel safe
            return state in (%5$s);
        $sql$, known, open, file, rows, filter);
end $$;

select apply_job_states();

-- The parts of jobs as they are seen from outside: a part that was not ready when its job ended is what its job is, and
-- a part has a file only while its job is processing. A job that waits to run (again) shows none.
create or replace view visible_parts as
    select p.serial, p.job_id, p.epoch, p.number,
        case when j.state = 'processing' or p.state = 'ready' then p.state else j.state end as state,
        p.first_key, p.end_key, p.first_row, p.row_count,
        case when j.state = 'processing' then p.stored_path end as stored_path, p.file_size_bytes, p.sha256,
        p.created_at, p.started_at, p.completed_at, j.tenant_id
    from report_export_parts p join report_export_jobs j on j.id = p.job_id and j.epoch = p.epoch
    where j.state <> 'pending';

-- Functions of earlier releases under these names had other parameters, or returned something else.
drop function if exists create_job(
    uuid, text, text, text, text, text, text, text, jsonb, bytea, text, text, integer, integer);
drop function if exists due_schedule();
drop function if exists list_downloads(text, uuid, integer);
drop function if exists recover_jobs();
