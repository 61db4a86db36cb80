-- Purpose: forget a saved request. Schedules that were made of it have a copy, and stay.
-- Parameter: gateway_request_id, by which the same request sent again gets the same answer for an hour: it is kept
--            where that of a removed schedule is.
-- Returns: whether there was such a saved request that the caller sees.
-- Locks: the row.
-- Indexes: report_export_presets_pkey, report_removed_schedules_pkey.
create or replace function remove_preset(tenant text, preset uuid, subject text, gateway_request_id text)
returns boolean language plpgsql as $$
begin
    delete from report_export_presets p
        where p.id = preset and p.tenant_id = tenant and (p.shared or p.created_by = subject);
    if not found then
        return exists (
            select from report_removed_schedules r
            where r.id = preset and r.tenant_id = tenant and r.request_id = gateway_request_id);
    end if;
    if gateway_request_id is not null then
        insert into report_removed_schedules (id, tenant_id, request_id)
        values (preset, tenant, left(gateway_request_id, 128));
    end if;
    return true;
end $$;
