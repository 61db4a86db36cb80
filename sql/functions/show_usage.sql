-- Purpose: what a tenant has of what is limited: exports that wait and run, stored bytes, schedules, saved requests;
--          and how many of the last a caller has.
-- Returns: one row; raised_running and raised_queued: limits that are higher than the settings' for a time, else null;
--          fleet: the workers of all hosts.
-- Indexes: report_export_tenants_pkey, report_export_jobs_ready and those of rows and lists of keys,
--          report_export_schedules_tenant, report_export_presets_tenant, report_export_presets_owner.
create or replace function show_usage(tenant text, subject text)
returns table (pending bigint, running bigint, stored_bytes bigint, schedules bigint, presets bigint, own_presets bigint,
    raised_running integer, raised_queued integer, fleet bigint)
language sql stable as $$
    select
        (select count(*) from report_export_jobs j where j.tenant_id = tenant and j.state = 'pending'),
        (select count(*) from report_export_jobs j where j.tenant_id = tenant and j.state = 'processing'),
        (select coalesce(sum(j.file_size_bytes), 0) from report_export_jobs j where j.tenant_id = tenant
            and (j.state = 'ready' or (j.state = 'expired' and j.file_deleted_at is null)))::bigint
        + (select coalesce(sum(j.rows_size), 0) from report_export_jobs j where j.tenant_id = tenant
            and j.rows_path is not null and j.rows_deleted_at is null)::bigint
        + (select coalesce(sum(j.filter_bytes), 0) from report_export_jobs j where j.tenant_id = tenant
            and j.filter_sha256 is not null and holds_filter(j.state))::bigint,
        (select count(*) from report_export_schedules s where s.tenant_id = tenant),
        (select count(*) from report_export_presets p where p.tenant_id = tenant),
        (select count(*) from report_export_presets p where p.tenant_id = tenant and p.created_by = subject),
        (select l.running from penstock_tenant_limits l where l.tenant_id = tenant and l.until > clock_timestamp()),
        (select l.queued from penstock_tenant_limits l where l.tenant_id = tenant and l.until > clock_timestamp()),
        fleet_workers()
$$;
