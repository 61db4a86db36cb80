-- Purpose: store what a schedule is to be from now on, whole; what came of it so far stays, an error of it is
--          forgotten. One that rests because its owner's right is gone keeps that reason until it is enabled, and
--          belongs to the caller who enables it.
-- Parameters: due, null for a schedule that is to rest; changed_by and changed_with, the caller and how he has proved
--             who he is, null for an operator; caller_access, what he may see, kept when the schedule is his.
-- Returns: the schedule as changed, no row when it is not the tenant's.
-- Locks: the row, which the caller has locked already when it read what it changes.
-- Index: report_export_schedules_pkey.
create or replace function change_schedule(
    tenant text, schedule uuid, title text, wants_notice boolean, of_module text, of_catalog text, wanted json,
    every text, at_minute integer, on_weekday integer, in_month integer, on_day integer, zone text, due timestamptz,
    changed_by text default null, changed_with text default null, caller_access jsonb default null
) returns setof report_export_schedules language plpgsql as $$
declare
    paused boolean := exists (
        select from report_export_schedules s
        where s.id = schedule and s.tenant_id = tenant and s.error_code like 'rights\_%');
    stays boolean := paused and due is null;
    moves boolean := paused and due is not null and changed_by is not null;
begin
    perform pg_notify('penstock_schedules', '');
    return query
        update report_export_schedules s
        set name = title, notify = wants_notice, module = of_module, catalog = of_catalog, request = wanted,
            interval = every, minute = at_minute, weekday = on_weekday, month = in_month, month_day = on_day,
            time_zone = zone, next_due_at = due, fire_at = due, updated_at = clock_timestamp(),
            created_by = case when moves then changed_by else s.created_by end,
            created_with = case when moves then changed_with else s.created_with end,
            access = case
                when moves or (changed_by, changed_with) is not distinct from (s.created_by, s.created_with)
                    then caller_access
                else s.access end,
            confirmed_at = case
                when moves or changed_by is null
                    or (changed_by, changed_with) is not distinct from (s.created_by, s.created_with)
                    then clock_timestamp()
                else s.confirmed_at end,
            error_code = case when stays then s.error_code end,
            error_message = case when stays then s.error_message end,
            error_at = case when stays then s.error_at end
        where s.id = schedule and s.tenant_id = tenant
        returning s.*;
end $$;
