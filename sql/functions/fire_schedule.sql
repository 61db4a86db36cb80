-- Purpose: the job of one due time, and the schedule's next due time, together or not at all.
-- Parameters: due, the due time that the job stands for; next_due, the first one after now, null when there is none;
--             retry, after how long to look again when the tenant's limits do not let the job in.
-- Returns: what create_job says: 'created', 'replayed' when the job of this due time is there already, 'queue_full' or
--          'storage_full', and then the schedule stays due.
-- Locks: the schedule's row, held since due_schedule; then those of create_job.
-- Index: report_export_schedules_pkey.
create or replace function fire_schedule(
    schedule uuid, due timestamptz, next_due timestamptz, retry interval, job_id uuid, job_category text,
    job_format text, job_request jsonb, hash bytea, queued_limit integer, attempts_limit integer, stored_limit bigint
) returns text language plpgsql as $$
declare
    made record;
begin
    select created.* into made
    from report_export_schedules s, create_job(
        job_id, s.tenant_id, s.module, s.catalog, job_category, job_format, s.language, s.created_by, job_request, hash,
        null, null, queued_limit, attempts_limit, stored_limit, s.notify, 'auto', s.interval, s.id, due) created
    where s.id = schedule;
    if made.outcome in ('created', 'replayed') then
        update report_export_schedules
        set next_due_at = next_due, fire_at = next_due, last_due_at = due, last_job_id = made.id,
            error_code = null, error_message = null, error_at = null
        where id = schedule;
    else
        update report_export_schedules
        set fire_at = schedule_clock() + retry, error_code = 'quota_exceeded', error_at = schedule_clock(),
            error_message = 'The tenant''s limits leave no room for the export; it is tried again'
        where id = schedule;
    end if;
    return made.outcome;
end $$;
