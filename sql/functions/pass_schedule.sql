-- Purpose: a due time comes to nothing; the reason is kept and the schedule goes on.
-- Parameters: next_due, the first due time after now; null leaves the schedule due, and it is looked at again after
--             retry.
-- Locks: the schedule's row, held since due_schedule.
-- Index: report_export_schedules_pkey.
create or replace function pass_schedule(
    schedule uuid, next_due timestamptz, retry interval, code text, message text
) returns void language sql as $$
    update report_export_schedules
    set next_due_at = coalesce(next_due, next_due_at), fire_at = coalesce(next_due, schedule_clock() + retry),
        error_code = code, error_message = left(message, 1000), error_at = schedule_clock()
    where id = schedule
$$;
