-- Purpose: jobs that wait for the source, or for room, need not wait any longer: it has answered, or there is some.
-- Returns: how many jobs they are.
-- Locks: the rows, SKIP LOCKED: one that is just being cancelled or claimed is passed over.
-- Index: report_export_jobs_waiting.
create or replace function resume_jobs() returns bigint language sql as $$
    with waiting as (
        select id from report_export_jobs
        where state = 'pending' and waits > 0 and run_after > clock_timestamp()
        for update skip locked
    ), resumed as (
        update report_export_jobs j set run_after = clock_timestamp() from waiting where j.id = waiting.id returning 1
    )
    select count(*) from resumed
$$;
