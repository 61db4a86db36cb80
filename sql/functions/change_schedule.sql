-- Purpose: store what a schedule is to be from now on, whole; what came of it so far stays, an error of it is
--          forgotten.
-- Parameter: due, null for a schedule that is to rest.
-- Returns: the schedule as changed, no row when it is not the tenant's.
-- Locks: the row, which the caller has locked already when it read what it changes.
-- Index: report_export_schedules_pkey.
create or replace function change_schedule(
    tenant text, schedule uuid, title text, wants_notice boolean, of_module text, of_catalog text, wanted json,
    every text, at_minute integer, on_weekday integer, in_month integer, on_day integer, zone text, due timestamptz
) returns setof report_export_schedules language plpgsql as $$
begin
    perform pg_notify('penstock_schedules', '');
    return query
        update report_export_schedules s
        set name = title, notify = wants_notice, module = of_module, catalog = of_catalog, request = wanted,
            interval = every, minute = at_minute, weekday = on_weekday, month = in_month, month_day = on_day,
            time_zone = zone, next_due_at = due, fire_at = due, updated_at = clock_timestamp(),
            error_code = null, error_message = null, error_at = null
        where s.id = schedule and s.tenant_id = tenant
        returning s.*;
end $$;
