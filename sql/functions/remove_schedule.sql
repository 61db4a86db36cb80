-- Purpose: forget a schedule. The jobs that came of it stay.
-- Returns: whether there was such a schedule of the tenant's.
-- Locks: the row; one that is being fired is removed after that.
-- Index: report_export_schedules_pkey.
create or replace function remove_schedule(tenant text, schedule uuid) returns boolean language plpgsql as $$
begin
    delete from report_export_schedules where id = schedule and tenant_id = tenant;
    return found;
end $$;
