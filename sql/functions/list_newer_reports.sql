-- Purpose: the page of the Reports API before another one, oldest first; a filter that is null is not applied.
-- Parameters: newer_than, newer_serial: the report before which the page ends.
-- Index: report_export_jobs_ready.
create or replace function list_newer_reports(
    tenant text, created_from timestamptz, created_before timestamptz, only_source text, only_interval text,
    newer_than timestamptz, newer_serial bigint, page_limit integer)
returns setof report_export_jobs language sql stable as $$
    select * from report_export_jobs j
    where tenant_id = tenant and state = 'ready' and expires_at > clock_timestamp()
      and requested_at >= coalesce(created_from, '-infinity')
      and requested_at < coalesce(created_before, 'infinity')
      and (only_source is null or j.source = only_source)
      and (only_interval is null or j.interval = only_interval)
      and (requested_at, serial) > (newer_than, newer_serial)
    order by requested_at, serial
    limit page_limit
$$;
