-- Purpose: the tenant's part of a serial, as it is seen from outside (the view visible_parts).
-- Indexes: report_export_parts_pkey, report_export_jobs_pkey.
create or replace function find_part(tenant text, part_serial bigint)
returns setof visible_parts language sql stable as $$
    select * from visible_parts where serial = part_serial and tenant_id = tenant
$$;
