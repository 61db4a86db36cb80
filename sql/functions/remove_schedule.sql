-- Purpose: forget a schedule. The jobs that came of it stay.
-- Parameter: gateway_request_id, by which the same request sent again gets the same answer for an hour.
-- Returns: whether there was such a schedule of the tenant's.
-- Locks: the row; one that is being fired is removed after that.
-- Indexes: report_export_schedules_pkey, report_removed_schedules_pkey.
create or replace function remove_schedule(tenant text, schedule uuid, gateway_request_id text default null)
returns boolean language plpgsql as $$
begin
    delete from report_export_schedules where id = schedule and tenant_id = tenant;
    if not found then
        return exists (
            select from report_removed_schedules r
            where r.id = schedule and r.tenant_id = tenant and r.request_id = gateway_request_id);
    end if;
    if gateway_request_id is not null then
        delete from report_removed_schedules r where r.removed_at < clock_timestamp() - interval '1 hour';
        insert into report_removed_schedules (id, tenant_id, request_id)
        values (schedule, tenant, left(gateway_request_id, 128));
    end if;
    return true;
end $$;
