-- Purpose: a page of the Reports API: a tenant's reports that can be had, newest first; a filter that is null is not
--          applied.
-- Parameters: older_than, older_serial: the report after which the page begins; null for the first page.
-- Index: report_export_jobs_ready.
create or replace function list_reports(
    tenant text, created_from timestamptz, created_before timestamptz, only_source text, only_interval text,
    older_than timestamptz, older_serial bigint, page_limit integer, page_offset bigint)
returns setof report_export_jobs language sql stable as $$
    select * from report_export_jobs j
    where tenant_id = tenant and state = 'ready' and expires_at > clock_timestamp()
      and requested_at >= coalesce(created_from, '-infinity')
      and requested_at < coalesce(created_before, 'infinity')
      and (only_source is null or j.source = only_source)
      and (only_interval is null or j.interval = only_interval)
      and (older_than is null or (requested_at, serial) < (older_than, older_serial))
    order by requested_at desc, serial desc
    limit page_limit offset page_offset
$$;
