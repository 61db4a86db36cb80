-- Purpose: the last job of a schedule has failed, and the schedule says why until it fires again.
-- Parameters: schedule, null for a job that comes from none; code and summary as the job has them.
-- Locks: the schedule's row, SKIP LOCKED: a firing or a change that holds it forgets an earlier error anyway, and may
--        wait for the lock of the tenant's changes, which this transaction has.
-- Index: report_export_schedules_pkey.
create or replace function tell_schedule(schedule uuid, job_id uuid, code text, summary text)
returns void language sql as $$
    update report_export_schedules
    set error_code = code, error_message = left(summary, 1000), error_at = schedule_clock()
    where id in (
        select id from report_export_schedules where id = schedule and last_job_id = job_id for update skip locked)
$$;
