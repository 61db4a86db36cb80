-- Purpose: one saved request, as a caller of the tenant sees it: what is shared, and the caller's own.
-- Parameter: locking, to read what is about to be changed.
-- Locks: the row FOR UPDATE, when locking.
-- Index: report_export_presets_pkey.
create or replace function get_preset(tenant text, preset uuid, subject text, locking boolean default false)
returns setof report_export_presets language plpgsql as $$
begin
    if locking then
        return query select * from report_export_presets p
            where p.id = preset and p.tenant_id = tenant and (p.shared or p.created_by = subject) for update;
    else
        return query select * from report_export_presets p
            where p.id = preset and p.tenant_id = tenant and (p.shared or p.created_by = subject);
    end if;
end $$;
