-- Purpose: one schedule of a tenant.
-- Parameter: locking, to read what is about to be changed: nobody fires or changes it meanwhile.
-- Locks: the row FOR UPDATE, when locking.
-- Index: report_export_schedules_pkey.
create or replace function get_schedule(tenant text, schedule uuid, locking boolean)
returns setof report_export_schedules language plpgsql as $$
begin
    if locking then
        return query select * from report_export_schedules s where s.id = schedule and s.tenant_id = tenant for update;
    else
        return query select * from report_export_schedules s where s.id = schedule and s.tenant_id = tenant;
    end if;
end $$;
