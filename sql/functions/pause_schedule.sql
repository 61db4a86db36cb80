-- Purpose: a schedule rests, because its owner's right is gone; the reason is kept, and the audit has a row of it.
-- Locks: the schedule's row, held since due_schedule; then the tenant's chain of the audit.
-- Index: report_export_schedules_pkey.
create or replace function pause_schedule(schedule uuid, code text, message text) returns void language sql as $$
    with paused as (
        update report_export_schedules
        set next_due_at = null, fire_at = null, error_code = code, error_message = left(message, 1000),
            error_at = schedule_clock()
        where id = schedule
        returning tenant_id, id, created_by)
    select record_download(
        tenant => p.tenant_id, job => p.id, who => p.created_by, path => 'schedule', result => code, answered => 403,
        address => null, agent => null, asked_range => null, gateway_request_id => null)
    from paused p
$$;
