-- Purpose: the job of one due time, and the schedule's next due time, together or not at all.
-- Parameters: due, the due time that the job stands for; next_due, the first one after now, null when there is none;
--             owner_access, what the schedule's owner may see, null where the catalog is the same for everybody;
--             retry, after how long to look again when the tenant's limits do not let the job in.
-- Returns: what create_job says: 'created', 'replayed' with the job of this due time when it is there already,
--          'queue_full' or 'storage_full', and then the schedule stays due and there is no job.
-- Locks: the schedule's row, held since due_schedule; then those of create_job.
-- Index: report_export_schedules_pkey.
create or replace function fire_schedule(
    schedule uuid, due timestamptz, next_due timestamptz, retry interval, new_id uuid, job_category text,
    job_format text, job_request jsonb, hash bytea, queued_limit integer, attempts_limit integer, stored_limit bigint,
    owner_access jsonb default null
) returns table (outcome text, job_id uuid) language plpgsql as $$
begin
    select created.outcome, (created.job).id into outcome, job_id
    from report_export_schedules s, create_job(
        job_id => new_id, tenant => s.tenant_id, job_module => s.module, job_catalog => s.catalog,
        job_category => fire_schedule.job_category, job_format => fire_schedule.job_format, job_language => s.language,
        subject => s.created_by, job_request => fire_schedule.job_request, hash => fire_schedule.hash, key => null,
        gateway_request_id => null, queued_limit => fire_schedule.queued_limit,
        attempts_limit => fire_schedule.attempts_limit, stored_limit => fire_schedule.stored_limit,
        wants_notice => s.notify, job_source => 'auto', job_interval => s.interval, job_schedule => s.id,
        job_due => due, asked_with => s.created_with, caller_access => owner_access) created
    where s.id = schedule;
    if outcome in ('created', 'replayed') then
        update report_export_schedules
        set next_due_at = next_due, fire_at = next_due, last_due_at = due, last_job_id = fire_schedule.job_id,
            error_code = null, error_message = null, error_at = null
        where id = schedule;
    else
        update report_export_schedules
        set fire_at = schedule_clock() + retry, error_code = 'quota_exceeded', error_at = schedule_clock(),
            error_message = 'The tenant''s limits leave no room for the export; it is tried again'
        where id = schedule;
    end if;
    return next;
end $$;
