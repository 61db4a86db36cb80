-- Purpose: store one schedule, once, however often nginx sends the request.
-- Parameters: owned_with, how the owner has proved who he is; null for an operator; caller_access, what he may see.
-- Returns: outcome 'created'; 'replayed' with the schedule that the same request has made; 'quota_exceeded' when the
--          tenant has at_most schedules.
-- Locks: one of a tenant's at a time, with the lock of create_job, so that the limit holds.
-- Indexes: report_export_schedules_request_id, report_export_schedules_tenant.
create or replace function create_schedule(
    schedule_id uuid, tenant text, title text, wants_notice boolean, of_module text, of_catalog text, wanted json,
    labels text, every text, at_minute integer, on_weekday integer, in_month integer, on_day integer, zone text,
    subject text, gateway_request_id text, due timestamptz, at_most integer,
    owned_with text default null, caller_access jsonb default null
) returns table (id uuid, outcome text) language plpgsql as $$
declare
    existing uuid;
begin
    perform pg_advisory_xact_lock(lock_number('tenant'), hashtext(tenant));
    select s.id into existing from report_export_schedules s
        where s.tenant_id = tenant and s.request_id = gateway_request_id;
    if found then
        return query select existing, 'replayed'::text;
        return;
    end if;
    if (select count(*) from report_export_schedules s where s.tenant_id = tenant) >= at_most then
        return query select schedule_id, 'quota_exceeded'::text;
        return;
    end if;
    insert into report_export_schedules
        (id, tenant_id, name, notify, module, catalog, request, language, interval, minute, weekday, month, month_day,
         time_zone, created_by, created_with, access, request_id, next_due_at, fire_at)
    values
        (schedule_id, tenant, title, wants_notice, of_module, of_catalog, wanted, labels, every, at_minute, on_weekday,
         in_month, on_day, zone, subject, owned_with, caller_access, gateway_request_id, due, due);
    perform pg_notify('penstock_schedules', '');
    return query select schedule_id, 'created'::text;
end $$;
