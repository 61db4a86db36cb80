-- Purpose: a page of the Reports API: a tenant's reports that can be had, newest first; a filter that is null is not
--          applied.
-- Parameters: older_than, older_serial: the report after which the page begins; null for the first page.
-- Indexes: report_export_jobs_ready, by which alone the reports before the page are passed;
--          report_export_jobs_serial_key.
create or replace function list_reports(
    tenant text, created_from timestamptz, created_before timestamptz, only_source text, only_interval text,
    older_than timestamptz, older_serial bigint, page_limit integer, page_offset bigint)
returns setof report_export_jobs language sql stable as $$
    select j.* from (
        select r.requested_at, r.serial from report_export_jobs r
        where r.tenant_id = tenant and r.state = 'ready' and r.expires_at > clock_timestamp()
          and r.requested_at >= coalesce(created_from, '-infinity')
          and r.requested_at < coalesce(created_before, 'infinity')
          and (only_source is null or r.source = only_source)
          and (only_interval is null or r.interval = only_interval)
          and (older_than is null or (r.requested_at, r.serial) < (older_than, older_serial))
        order by r.requested_at desc, r.serial desc
        limit page_limit offset page_offset) page
    join report_export_jobs j on j.serial = page.serial
    order by page.requested_at desc, page.serial desc
$$;
